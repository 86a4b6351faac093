"""What security makes known: its option, the journal's words, and the way to the rules in an administrator's settings."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

import workspace.security.options  # noqa: F401 - declares it
from workspace import slots, verbs
from workspace.http import SignedInRequest
from workspace.people import policies
from workspace.people.models import Person
from workspace.verbs import Verb

GROUP = "security"


def _verb(key: str, label: object, line: object, icon: str, *personal: str) -> Verb:
    return Verb(key, label, line, icon, GROUP, personal, webhook=False)  # type: ignore[arg-type]  # lazy words


verbs.register(
    _verb("security.signed_in", _("Signed in"), _("signed in by {how}, {device}, {ip}"), "log-in", "device", "ip"),
    _verb("security.refused", _("Refused at sign-in"), _("was refused: wrong {what}, {ip}"), "shield-alert", "ip"),
    _verb("security.passkey_added", _("Passkey added"), _("added the passkey “{name}”"), "shield-check", "name"),
    _verb("security.passkey_removed", _("Passkey removed"), _("removed the passkey “{name}”"), "shield-minus", "name"),
    _verb("security.app_added", _("Authenticator app set up"), _("set up an authenticator app"), "shield-check"),
    _verb("security.app_removed", _("Authenticator app removed"), _("removed the authenticator app"), "shield-minus"),
    _verb("security.codes_made", _("Recovery codes made"), _("made new recovery codes"), "life-buoy"),
    _verb("security.code_used", _("Recovery code used"), _("used a recovery code; {left} are left"), "life-buoy"),
    _verb("security.factors_reset", _("Second factor reset"), _("reset the second factor"), "shield-off"),
    _verb("security.password_set", _("Password set"), _("set a new password"), "lock"),
    _verb(
        "security.device_signed_out",
        _("Device signed out"),
        _("signed {device} out, {ip}"),
        "log-out",
        "device",
        "ip",
    ),
    _verb("security.sessions_ended", _("Sessions ended"), _("ended other sessions: {count}"), "log-out"),
    _verb("security.linked", _("Single sign-on linked"), _("linked the sign-in by {provider}"), "link", "uid"),
    _verb("security.unlinked", _("Single sign-on unlinked"), _("unlinked the single sign-on"), "unlink", "uid"),
)


def _rules(_request: SignedInRequest, people: Sequence[Person]) -> Mapping[int, Mapping[str, object]]:
    return {one.pk: {} for one in people if policies.may_administer_people(one)}


slots.fill("settings.main", 60, "workspace/security/_rules_settings.html", _rules)
