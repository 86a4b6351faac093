"""What docs/api.md gives integrators takes genuine messages and refuses forged, changed and old ones."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings

from workspace.hooks import signing

BODY = b'{"type":"lead.moved"}'


@pytest.fixture(scope="module")
def is_genuine() -> Callable[..., bool]:
    """The function of the documentation, as it stands there."""
    (code,) = re.findall(r"```python\n(.*?)```", (settings.BASE_DIR / "docs" / "api.md").read_text(), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - our own documentation
    function: Callable[..., bool] = names["is_genuine"]
    return function


@pytest.mark.parametrize(
    ("secret", "age", "body", "is_taken"),
    [
        ("ours", 0, BODY, True),
        ("another", 0, BODY, False),
        ("ours", 0, BODY + b" ", False),
        ("ours", 600, BODY, False),
    ],
)
def test_the_documented_check_takes_what_is_genuine_alone(
    is_genuine: Callable[..., bool], secret: str, age: int, body: bytes, is_taken: bool
) -> None:
    secrets = {"ours": signing.new_secret(), "another": signing.new_secret()}
    timestamp = int(time.time()) - age
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(timestamp),
        "webhook-signature": "v1,other " + signing.sign(secrets["ours"], "msg_1", timestamp, BODY),
    }

    assert is_genuine(secrets[secret], headers, body) is is_taken


def test_a_signature_is_the_one_of_the_specification() -> None:
    secret = "whsec_plJ3nmyCDGBKInavdOK15jsl"

    signature = signing.sign(
        secret, "msg_loFOjxBNrRLzqYUf", 1731705121, b'{"event_type":"ping","data":{"success":true}}'
    )

    assert signature == "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="
