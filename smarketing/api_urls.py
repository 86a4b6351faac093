"""The addresses of the API, below /api/v1/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from leads.audience.api import PersonaViewSet
from leads.funnel.api import (
    CampaignViewSet,
    InterestViewSet,
    OfferingViewSet,
    ReasonViewSet,
    SourceViewSet,
    StageViewSet,
    TagViewSet,
)
from leads.imports.api import ImportViewSet
from leads.records.api import CompanyViewSet, LeadViewSet, SegmentViewSet
from leads.records.api.schema import WorkspaceSchemaGenerator
from workspace.api.people import PersonViewSet
from workspace.api.schema import SchemaView, docs
from workspace.bell.api import NoticeViewSet
from workspace.commitments.api import CommitmentViewSet
from workspace.integrations.api import TokenViewSet, WebhookViewSet

app_name = "api"

router = SimpleRouter(use_regex_path=False)
router.register("leads", LeadViewSet, "lead")
router.register("companies", CompanyViewSet, "company")
router.register("segments", SegmentViewSet, "segment")
router.register("stages", StageViewSet, "stage")
router.register("reasons", ReasonViewSet, "reason")
router.register("sources", SourceViewSet, "source")
router.register("campaigns", CampaignViewSet, "campaign")
router.register("tags", TagViewSet, "tag")
router.register("offerings", OfferingViewSet, "offering")
router.register("interests", InterestViewSet, "interest")
router.register("personas", PersonaViewSet, "persona")
router.register("imports", ImportViewSet, "import")
router.register("commitments", CommitmentViewSet, "commitment")
router.register("notices", NoticeViewSet, "notice")
router.register("users", PersonViewSet, "user")
router.register("tokens", TokenViewSet, "token")
router.register("webhooks", WebhookViewSet, "webhook")

urlpatterns = [
    path("schema/", SchemaView.as_view(generator_class=WorkspaceSchemaGenerator), name="schema"),
    path("docs/", docs(url_name="api:schema"), name="docs"),
    *router.urls,
]
