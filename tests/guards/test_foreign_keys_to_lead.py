"""What refers to a lead is known: merging, erasing and removing the demo workspace have to think of each of them."""

from django.db.models import CASCADE, PROTECT, ManyToOneRel

from leads.records import merging
from leads.records.models import Lead

# Model and field, with what becomes of the row when its lead is deleted for good.
KNOWN = {
    "leads_records.Lead_tags.lead": CASCADE,
    "leads_records.Lead_interests.lead": CASCADE,
    "leads_records.Lead.merged_into": PROTECT,
    "leads_records.Deal.lead": CASCADE,
    "leads_records.Merge.survivor": CASCADE,
    "leads_records.Merge.merged": CASCADE,
    "leads_imports.ImportedLead.lead": CASCADE,
    "leads_imports.NotReverted.lead": CASCADE,
}


def test_every_foreign_key_to_a_lead_is_listed_here() -> None:
    relations = [one for one in Lead._meta.get_fields(include_hidden=True) if isinstance(one, ManyToOneRel)]
    found = {f"{one.field.model._meta.label}.{one.field.name}": one.on_delete for one in relations}

    assert found == KNOWN, "decide what becomes of the row when its lead is deleted for good, then list it"
    assert set(found) <= set(merging.entries()), "say in the room’s registry what a merge does with the row"
