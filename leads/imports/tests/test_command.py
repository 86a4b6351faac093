"""`manage.py import_leads`: the same way in from the command line."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from leads.imports.models import Import
from leads.records.models import Company, CustomField, Lead
from leads.records.tests.factories import person

pytestmark = pytest.mark.django_db(transaction=True)

CONTENT = (
    "opportunity_id,account,deal_stage,engage_date,close_date,close_value,agent,\n"
    "A1,Acme,Won,10/20/2016,3/1/2017,1054,Moses,\n"
    "A2,Acme,Lost,10/21/2016,3/2/2017,0,Select,\n"
    "A3,Bolt,Engaging,10/22/2016,,,Moses,\n"
    "A4,Bolt,Nirvana,,,,,\n"
)
MAPPED = [
    "--map=opportunity_id=external_id", "--map=account=company", "--map=deal_stage=stage", "--map=engage_date=created_at",
    "--map=close_date=closed_at", "--map=close_value=value", "--value=deal_stage:Engaging=engaged", "--set=currency=USD",
    "--date-format=mdy", "--empty=Select", "--match=external_id", "--mode=both",
]  # fmt: skip


def said(path: Path, *options: str) -> str:
    out = StringIO()
    call_command("import_leads", str(path), *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "pipeline.csv"
    file.write_text(CONTENT, encoding="utf-8")
    return file


def test_the_command_brings_a_file_in_and_tells_what_became_of_its_rows(path: Path) -> None:
    mara = person("Mara Lindholm")

    first = said(path, *MAPPED, f"--by={mara.email}", f"--sort-by={mara.email}", "--sort-until=2099-01-01")
    second = said(path, *MAPPED)

    assert "pipeline.csv: 3 created, 0 updated, 0 left as they are, 1 refused." in first
    assert "The refused rows, with their reasons:" in first
    assert "pipeline.csv: 0 created, 0 updated, 3 left as they are, 1 refused." in second
    leads = {lead.external_id: lead for lead in Lead.objects.for_page().order_by("pk")}
    assert [(key, lead.stage.slug, lead.currency) for key, lead in leads.items()] == [
        ("A1", "won", "USD"), ("A2", "lost", "USD"), ("A3", "engaged", ""),
    ]  # fmt: skip
    assert leads["A1"].custom == {"agent": "Moses"}
    assert leads["A2"].custom == {}
    assert leads["A3"].to_sort_by == mara
    assert leads["A1"].to_sort_by is None
    assert [str(company) for company in Company.objects.order_by("name")] == ["Acme", "Bolt"]
    assert CustomField.objects.count() == 1


def test_other_columns_are_left_out_where_one_says_so(path: Path) -> None:
    said(path, "--map=opportunity_id=external_id", "--match=external_id", "--unmapped=skip")

    assert Lead.objects.filter(custom={}).count() == 4


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--map=nonsense=email"], "no column 'nonsense'"),
        (["--map=account=nonsense"], "no field 'nonsense'"),
        (["--map=account"], "--map wants NAME=VALUE"),
        (["--map=account=company", "--match=email"], "No column goes into “E-mail”"),
        (["--by=nobody@x.example"], "Nobody here has the address"),
    ],
)
def test_what_cannot_be_meant_is_told_and_nothing_comes_in(path: Path, options: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        said(path, *options)
    assert not Lead.objects.exists()


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        said(tmp_path / "gone.csv")
    assert not Import.objects.exists()
