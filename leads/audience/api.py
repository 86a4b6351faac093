"""The API of personas, to be read."""

from leads.audience.models import Persona
from leads.funnel.api import DefinitionViewSet
from workspace.api.serializers import ShownSerializer


class PersonaSerializer(ShownSerializer[Persona]):
    """A kind of person whom the company wants to attract."""

    class Meta:
        model = Persona
        fields = ("id", "name", "buying_role", "summary", "is_active")
        read_only_fields = fields


class PersonaViewSet(DefinitionViewSet[Persona]):
    """The personas that both departments speak of."""

    resource, model = "personas", Persona
    serializer_class = PersonaSerializer
