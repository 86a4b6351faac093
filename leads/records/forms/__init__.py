"""Forms of leads and companies: they draw controls and hand over what was given; the actions judge it."""

from leads.records.forms.acts import DoneForm, MoveForm, NextDealForm, NextStepForm, TalkForm
from leads.records.forms.base import ActForm, EditForm
from leads.records.forms.companies import CompanyForm
from leads.records.forms.leads import LeadForm, NewLeadForm
from leads.records.forms.own_fields import LinesField, NewOwnFieldForm, OwnFieldForm

__all__ = [
    "ActForm",
    "CompanyForm",
    "DoneForm",
    "EditForm",
    "LeadForm",
    "LinesField",
    "MoveForm",
    "NewLeadForm",
    "NewOwnFieldForm",
    "NextDealForm",
    "NextStepForm",
    "OwnFieldForm",
    "TalkForm",
]
