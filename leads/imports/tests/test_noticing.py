"""Who hears of a file: whoever gains or loses leads by it, in one line."""

import pytest

from leads.imports.tests.bringing import bring, counts, take_back
from leads.records.tests.factories import LeadFactory, person
from workspace.notices import reading
from workspace.notices.models import Notice
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def mara() -> Person:
    return person("Mara Lindholm", Role.MARKETER)


def words(reader: Person) -> list[str]:
    return [line.words for line in reading.lines_of(reader, list(reading.newest(reader).order_by("-pk")))]


def test_whose_leads_a_file_brings_is_told_once_a_file(mara: Person) -> None:
    sami, other = person("Sami Rep"), person("Olga Other")

    rows = f"1;{sami.email}\n2;{sami.email}\n3;{mara.email}\n"
    done = bring(f"Id;Owner\n{rows}", {"Id": "external_id", "Owner": "owner"}, by=mara, match="external_id")

    assert counts(done) == (3, 0, 0, 0)

    assert {(notice.person, notice.kind) for notice in Notice.objects.select_related("person")} == {
        (mara, "import_done"),
        (sami, "leads_brought"),
    }
    (line,) = reading.lines_of(sami, list(reading.newest(sami)))
    assert line.words == "Mara Lindholm brought leads.csv in: 2 leads are yours now"
    assert list(reading.newest(other)) == []


def test_whoever_gains_or_loses_leads_by_a_file_and_its_taking_back_is_told_in_one_line(mara: Person) -> None:
    sami, felix, leaver = person("Sami Rep"), person("Felix Brandt"), person("Lea Ver")
    for number in range(3):
        LeadFactory.create(email=f"known{number}@kestrel.example", owner=sami, marketer=mara)
    Notice.objects.all().delete()
    rows = "".join(f"known{number}@kestrel.example;{felix.email}\n" for number in range(2))
    text = f"Email;Owner\n{rows}known2@kestrel.example;{sami.email}\nnew@kestrel.example;{felix.email}\n"
    text += f"new@kestrel.example;{leaver.email}\n"

    done = bring(text, {"Email": "email", "Owner": "owner"}, by=mara)

    assert counts(done)[:2] == (1, 3)
    assert words(felix) == ["Mara Lindholm brought leads.csv in: 2 leads are yours now"]
    assert words(sami) == ["Mara Lindholm brought leads.csv in: 2 of yours are somebody else’s"]
    assert words(leaver) == ["Mara Lindholm brought leads.csv in: 1 lead is yours now"]
    assert {notice.kind for notice in Notice.objects.filter(person=mara)} == {"import_done"}

    Notice.objects.all().delete()
    take_back(done, by=mara)

    assert words(felix) == ["Mara Lindholm took leads.csv back: 2 of yours are somebody else’s"]
    assert words(sami) == ["Mara Lindholm took leads.csv back: 2 leads are yours now"]
    assert words(leaver) == ["Mara Lindholm took leads.csv back: 1 of yours is gone"]
    assert not Notice.objects.filter(person=mara).exists()
