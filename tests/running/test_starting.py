"""What `manage.py up` refuses, and what it does once: each in words for the console."""

import os
import socket
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import ImproperlyConfigured
from environs import Env
from pytest_django import Settings

from smarketing import starting
from smarketing.environment import secret_key


def test_serving_other_machines_without_a_name_to_answer_to_is_refused(settings: Settings) -> None:
    settings.HOST = "0.0.0.0"  # noqa: S104 (nothing is bound)
    settings.ALLOWED_HOSTS = []

    with pytest.raises(starting.CannotStart, match="set ALLOWED_HOSTS"):
        starting.demand_possible_settings()


def test_a_port_that_is_taken_is_told_with_one_that_may_be_free() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(starting.CannotStart, match=f"Port {port} is taken .* make run PORT={port + 1}"):
            starting.demand_free_port("127.0.0.1", port)

    starting.demand_free_port("127.0.0.1", port)


def test_an_address_of_another_machine_is_told() -> None:
    with pytest.raises(starting.CannotStart, match=r"HOST=192\.0\.2\.1 is no address of this machine"):
        starting.demand_free_port("192.0.2.1", 8000)


def test_one_data_folder_is_for_one_at_a_time_and_free_again_afterwards(tmp_path: Path) -> None:
    with (
        starting.only_one(tmp_path, "http://127.0.0.1:8000"),
        pytest.raises(
            starting.CannotStart, match=rf"already running on {tmp_path}: http://127.0.0.1:8000, process \d+"
        ),
        starting.only_one(tmp_path, "http://127.0.0.1:8001"),
    ):
        pass

    with starting.only_one(tmp_path, "http://127.0.0.1:8001"):
        assert (tmp_path / "up.lock").read_text() == f"http://127.0.0.1:8001, process {os.getpid()}\n"


def test_a_folder_with_somebody_elses_files_is_refused_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody_else = 54_321
    monkeypatch.setattr(os, "geteuid", lambda: somebody_else)

    with pytest.raises(starting.CannotStart, match=f"sudo chown -R {somebody_else} '{tmp_path}'"):
        starting.demand_own_files(tmp_path)


def test_static_files_are_gathered_again_only_when_one_has_changed(tmp_path: Path, settings: Settings) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "one.css").write_text("a { color: red }")
    settings.DATA_DIR = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    said: list[str] = []

    starting.collect_static_files(said.append)
    first = staticfiles_storage.url("one.css")
    starting.collect_static_files(said.append)
    (source / "one.css").write_text("a { color: blue }")
    starting.collect_static_files(said.append)

    assert len(said) == 2
    assert first != staticfiles_storage.url("one.css")
    assert not list((tmp_path / "static").glob(first.removeprefix("/static/")))


def test_a_secret_key_is_made_once_and_is_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY")

    first, second = (secret_key(Env(), tmp_path / "data", embedded=True) for _again in range(2))

    assert first == second
    assert len(first) >= 50
    assert [path.name for path in (tmp_path / "data").iterdir() if path.is_file()] == ["secret-key"]
    assert (tmp_path / "data" / "secret-key").stat().st_mode & 0o777 == 0o600


def test_with_a_database_of_ones_own_the_secret_key_must_be_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SECRET_KEY")

    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY is missing"):
        secret_key(Env(), tmp_path, embedded=False)
