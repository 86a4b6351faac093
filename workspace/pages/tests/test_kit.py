"""The parts that pages draw with: safe with any text, readable by a screen reader, and without inline style."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django import forms
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.template import Context, Template
from django.test import RequestFactory

from workspace.pages.templatetags import kit
from workspace.people.models import Person
from workspace.slots import Part

MARA = Person(name="Mara <Lindholm>", email="mara@fennmark.example")


def draw(source: str, **context: Any) -> str:
    return Template(source).render(Context(context))


def test_an_icon_is_decoration_unless_it_is_given_a_meaning() -> None:
    assert 'class="icon" aria-hidden="true"' in draw('{% icon "phone" %}')
    meaningful = draw("{% icon 'phone' label %}", label='"Call" & ask')
    assert 'role="img"' in meaningful
    assert "&quot;Call&quot; &amp; ask" in meaningful
    assert "aria-hidden" not in meaningful


def test_an_address_folds_at_its_sign_and_dots_and_stays_text() -> None:
    drawn = draw("{{ address|foldable }}", address="anke.vollmer@ostertal-brau.example")

    assert drawn == "anke<wbr>.vollmer@<wbr>ostertal-brau<wbr>.example"
    assert draw("{{ address|foldable }}", address="<b>@x.example") == "&lt;b&gt;@<wbr>x<wbr>.example"


@pytest.mark.parametrize(
    ("letters", "squares", "joined"), [("M", 1, False), ("S", 1, False), (["M", "S"], 2, True), ([], 0, False)]
)
def test_a_department_is_its_letter_and_its_name_never_colour_alone(
    letters: str | list[str], squares: int, joined: bool
) -> None:
    drawn = draw("{% dept letters %}", letters=letters)

    assert drawn.count("aria-label=") == squares
    assert ('class="both"' in drawn) is joined
    assert [f">{letter}</span>" in drawn for letter in letters] == [True] * len(letters)


def test_who_owes_whom_reads_from_left_to_right() -> None:
    drawn = draw('{% owes "M" "S" %}')

    assert drawn.index("Marketing") < drawn.index('aria-label="owes"') < drawn.index("Sales")


def test_a_grade_is_two_cells_of_their_own_strength_and_a_dash_without_one() -> None:
    assert '<span class="lv2">B</span><span class="lv4">4</span>' in draw('{% grade "B4" %}')
    assert "no grade yet" in draw("{% grade None %}")


@pytest.mark.parametrize(("done", "dash"), [(35, "35 100"), (250, "100 100"), (-3, "0 100")])
def test_a_clock_is_a_ring_drawn_with_attributes(done: float, dash: str) -> None:
    drawn = draw("{% clock 'warned' done '34 min left' 'by 11:12' %}", done=done)

    assert f'stroke-dasharray="{dash}"' in drawn
    assert 'data-state="warned" title="by 11:12"' in drawn
    assert drawn.endswith("34 min left</span>")
    assert "style=" not in drawn


def test_a_state_of_the_three_colours_has_its_icon_and_others_are_grey() -> None:
    assert "<svg" in draw('{% state "kept" "kept" %}')
    assert draw('{% state "waits for sales" %}') == '<span class="state">waits for sales</span>'


def test_names_are_escaped_wherever_a_person_is_drawn() -> None:
    drawn = draw("{% person mara 'S' %}{% person mara short=True %}{% avatar mara 'lg' %}", mara=MARA)

    assert "Mara &lt;Lindholm&gt;" in drawn
    assert "<Lindholm>" not in drawn
    assert "avatar-lg" in drawn
    assert "nobody" in draw("{% person None %}")


def test_moments_carry_the_exact_time_and_nothing_is_a_dash() -> None:
    then = dt.datetime(2026, 11, 17, 10, 12, tzinfo=dt.UTC)
    with time_machine.travel(dt.datetime(2026, 11, 17, 12, 12, tzinfo=dt.UTC), tick=False):
        drawn = [draw(f"{{% {tag} then %}}", then=then) for tag in ("ago", "age", "when")]

    exact = '<time datetime="2026-11-17T10:12:00+00:00" title="Tuesday 17 November 2026, 10:12:00 UTC">'
    assert drawn == [f"{exact}{words}</time>" for words in ("2 h ago", "2 h", "today 10:12")]
    assert "never" in draw("{% ago None %}")
    assert draw("{{ None|duration }}{{ None|money:'EUR' }}{{ None|counted }}") == "––"


def test_a_chip_takes_one_value_out_of_the_address_and_goes_back_to_the_top(rf: RequestFactory) -> None:
    request = rf.get("/leads/?stage=mql&stage=sql&owner=3&cursor=abc")

    def link(source: str) -> str:
        return draw(source, request=request)

    assert link("{% url_without 'stage' 'mql' %}") == "?stage=sql&amp;owner=3"
    assert link("{% url_without 'stage' %}") == "?owner=3"
    assert link("{% url_without 'owner' 3 %}") == "?stage=mql&amp;stage=sql"


def test_parts_of_a_slot_are_drawn_with_their_own_context_over_the_pages() -> None:
    parts = [Part("components/_empty.html", {"title": "<Nothing>", "icon": "inbox"})]

    drawn = draw("{% show_parts parts %}{{ title }}", parts=parts, title="page")

    assert "&lt;Nothing&gt;" in drawn
    assert drawn.endswith("page")


class LeadForm(forms.Form):
    """One field of each make."""

    email = forms.EmailField(label="E-mail", help_text="Where we write to")
    note = forms.CharField(widget=forms.Textarea(attrs={"class": "note"}), required=False)
    stage = forms.ChoiceField(choices=[("new", "New")])
    agreed = forms.BooleanField(label="Agreed")
    way = forms.ChoiceField(choices=[("call", "Call"), ("mail", "Mail")], widget=forms.RadioSelect)


def test_a_field_has_its_label_its_help_and_its_error_tied_to_the_control() -> None:
    drawn = draw("{% field form.email autocomplete='email' %}", form=LeadForm({"email": "nonsense"}))

    assert '<label class="label" for="id_email">E-mail</label>' in drawn
    assert 'class="form-control"' in drawn
    assert 'autocomplete="email"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert 'aria-describedby="id_email_helptext id_email_error"' in drawn
    assert 'id="id_email_helptext"' in drawn
    assert 'id="id_email_error"' in drawn


def test_each_kind_of_control_gets_the_class_of_its_kind() -> None:
    form = LeadForm()

    assert 'class="form-control note"' in draw("{% field form.note %}", form=form)
    assert 'class="form-select"' in draw("{% field form.stage %}", form=form)
    assert 'class="form-check-input"' in draw("{% field form.agreed %}", form=form)
    ways = draw("{% field form.way %}", form=form)
    assert "<fieldset" in ways
    assert "<legend" in ways
    assert ways.count('type="radio"') == 2


def test_the_summary_of_errors_leads_to_each_field_and_is_absent_without_errors() -> None:
    form = LeadForm({"stage": "lost"})
    form.add_error(None, "The lead was merged.")

    drawn = draw("{% error_summary form %}", form=form)

    assert 'tabindex="-1"' in drawn
    assert "The lead was merged." in drawn
    assert [f'href="#id_{name}"' in drawn for name in ("email", "stage", "agreed")] == [True] * 3
    assert draw("{% error_summary form %}", form=LeadForm()).strip() == ""


def test_only_an_address_of_this_site_is_an_undo() -> None:
    assert kit.undo_url(Message(messages.SUCCESS, "Moved.", extra_tags="/leads/1/undo/")) == "/leads/1/undo/"
    assert kit.undo_url(Message(messages.SUCCESS, "Moved.", extra_tags="safe")) == ""
    assert kit.undo_url(Message(messages.SUCCESS, "Moved.")) == ""
