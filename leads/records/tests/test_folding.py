"""Names are sorted and found without case and accents, by the database's own function."""

import pytest
from django.db.models import Value

from leads.funnel.models import Stage
from leads.records.models.folding import Fold

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ACME GmbH", "acme gmbh"),
        ("Łódź, São Paulo, Malmö", "lodz, sao paulo, malmo"),
        ("Straße Ærø", "strasse aero"),
        ("İstanbul", "istanbul"),
        ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
        ("李明 🚀", "李明 🚀"),
        (
            "àáâãäåāăąçćčďđèéêëēėęěğģìíîïīįıķĺļľłñńņňòóôõöøōőŕřśşšșťţțùúûüūůűųýÿźżž",
            "aaaaaaaaacccddeeeeeeeeggiiiiiiikllllnnnnoooooooorrsssstttuuuuuuuuyyzzz",
        ),
    ],
)
def test_texts_lose_case_and_accents(written: str, folded: str) -> None:
    assert Stage.objects.annotate(folded=Fold(Value(written))).values_list("folded", flat=True)[0] == folded
