"""Files of npm packages: exactly the listed ones are served, under our names, and missing ones are named."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from workspace.pages.npm import NpmFinder


@pytest.fixture
def packages(tmp_path: Path, settings: Settings) -> Path:
    for name in (
        "kit/kit.css",
        "kit/kit.css.map",
        "font/index.css",
        "font/files/a-normal.woff2",
        "font/files/a-italic.woff2",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    settings.NPM_ROOT = tmp_path
    settings.NPM_FILES = {
        "vendor/kit.css": "kit/kit.css",
        "vendor/font/files/": "font/files/*-normal.woff2",
    }
    return tmp_path


def test_only_listed_files_are_found_and_collected(packages: Path) -> None:
    finder = NpmFinder()

    collected = {name: Path(storage.path(name)).read_text() for name, storage in finder.list([])}

    assert collected == {
        "vendor/kit.css": "kit/kit.css",
        "vendor/font/files/a-normal.woff2": "font/files/a-normal.woff2",
    }
    assert finder.find("vendor/kit.css") == str(packages / "kit/kit.css")
    assert finder.find("vendor/kit.css", find_all=True) == [str(packages / "kit/kit.css")]
    for unlisted in ("vendor/kit.css.map", "vendor/font/files/a-italic.woff2", "../kit/kit.css", "kit/kit.css"):
        assert finder.find(unlisted) == []


def test_ignored_patterns_are_left_out(packages: Path) -> None:
    assert [name for name, _storage in NpmFinder().list(["*.css"])] == ["vendor/font/files/a-normal.woff2"]


@pytest.mark.parametrize("gone", ["kit/kit.css", "font/files/a-normal.woff2"])
def test_what_is_not_installed_is_named_with_the_way_to_install_it(packages: Path, gone: str) -> None:
    (packages / gone).unlink()

    with pytest.raises(ImproperlyConfigured, match=r"Not installed: .*npm ci"):
        list(NpmFinder().list([]))
