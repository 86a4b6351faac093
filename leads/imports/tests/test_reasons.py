"""A column of reasons: what its texts mean is suggested, and corrected where the columns are agreed on. Mara imports."""

import pytest
from django.test import Client
from django.urls import reverse

from leads.funnel.models import Reason
from leads.imports import reasons
from leads.imports.models import Import
from leads.imports.tests.bringing import bring, only_lead
from leads.imports.tests.test_pages import bring_file, shown_form
from leads.records.tests.factories import person
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db

CONTENT = (
    "Id,Status,Lost reason\n1,Lost,Too expensive\n2,Lost,timing\n3,Lost,Sold the plant\n4,Disqualified,Kein Bedarf\n"
)


@pytest.fixture
def mara(client: Client) -> Person:
    mara = person("Mara Lindholm", Role.MARKETER)
    client.force_login(mara)
    return mara


def test_texts_are_told_by_the_name_of_a_reason_and_by_other_words_for_it() -> None:
    texts = ["TIMING", "zu teuer", "Not interested", "Other", "Sold the plant"]

    assert reasons.suggest(texts) == {"TIMING": "Timing", "zu teuer": "Price", "Not interested": "No need"}


def test_a_reason_that_the_workspace_does_not_have_is_not_suggested() -> None:
    Reason.objects.filter(name="Price").update(is_active=False)

    assert reasons.suggest(["Too dear", "Price"]) == {}


def test_a_text_means_a_reason_of_either_list_nothing_or_what_it_says() -> None:
    labels = dict(reasons.meanings("="))

    assert list(labels)[:2] == ["Price", "Competitor"]
    assert {"No need", ""} < set(labels)
    assert "Wrong routing" not in labels, "a reason to reject a hand-off"
    assert (labels[""], labels["="]) == ("nothing", "Other: …")
    Reason.objects.filter(asks_text=True).update(is_active=False)
    assert dict(reasons.meanings("="))["="] == "refuse the row"


def test_what_is_chosen_on_the_page_is_what_comes_in(client: Client, mara: Person) -> None:
    import_ = bring_file(client, CONTENT)
    look = {"encoding": "utf-8", "delimiter": ",", "header_line": 1, "go_on": 1}
    client.post(reverse("imports:look", args=[import_.pk]), look)

    data = shown_form(client, import_)
    assert [data[f"value_2_{number}"] for number in range(4)] == ["Price", "Timing", "=", "No need"]
    answer = client.post(
        reverse("imports:map", args=[import_.pk]), data | {"value_2_2": "No decision", "value_2_1": ""}
    )

    assert answer.headers["Location"] == reverse("imports:check", args=[import_.pk])
    column = Import.objects.get().mapping["columns"][2]
    assert column["values"] == {
        "Too expensive": "Price", "timing": "", "Sold the plant": "No decision", "Kein Bedarf": "No need",
    }  # fmt: skip


def test_the_reasons_meant_stand_on_the_leads(mara: Person) -> None:
    bring(
        CONTENT,
        {"Id": "external_id", "Status": "stage", "Lost reason": "lost_reason"},
        values={"Lost reason": reasons.suggest(["Too expensive", "timing", "Kein Bedarf"])},
        by=mara,
    )

    assert [str(only_lead(external_id=key).lost_reason) for key in "124"] == ["Price", "Timing", "No need"]
