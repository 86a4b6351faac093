"""What happens to leads and companies: one function, one transaction, one journal entry a record and verb."""

from leads.records.actions.changing import change, change_many
from leads.records.actions.companies import change_company, create_company
from leads.records.actions.creating import create
from leads.records.actions.deals import open_next_deal
from leads.records.actions.definitions import place_custom_field, save_custom_field
from leads.records.actions.derived import set_derived
from leads.records.actions.moving import MovedElsewhere, MovedMeanwhile, move
from leads.records.actions.seen import ChangedMeanwhile, Collision, Seen, marks
from leads.records.actions.segments import change_segment, choose_default, create_segment, delete_segment
from leads.records.actions.shaping import choose_columns
from leads.records.actions.talking import Talk, finish_next_step, log_talk, set_next_step
from leads.records.actions.upserting import Upserted, upsert

__all__ = [
    "ChangedMeanwhile",
    "Collision",
    "MovedElsewhere",
    "MovedMeanwhile",
    "Seen",
    "Talk",
    "Upserted",
    "change",
    "change_company",
    "change_many",
    "change_segment",
    "choose_columns",
    "choose_default",
    "create",
    "create_company",
    "create_segment",
    "delete_segment",
    "finish_next_step",
    "log_talk",
    "marks",
    "move",
    "open_next_deal",
    "place_custom_field",
    "save_custom_field",
    "set_derived",
    "set_next_step",
    "upsert",
]
