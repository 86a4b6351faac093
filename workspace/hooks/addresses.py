"""Where webhooks may go: to addresses of the open internet, and to networks that whoever runs the workspace has named.

A name is resolved once, right before a message is sent, and the connection is made to what was judged: a name that means
something else a moment later leads nowhere.
"""

import ipaddress
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from typing import Final
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

Address = IPv4Address | IPv6Address
PORTS: Final = {"https": 443, "http": 80}
# Ways to write an address of the fourth version as one of the sixth, with the place of its four bytes.
_EMBEDDED: Final = [
    (IPv6Network("::ffff:0:0/96"), 0),
    (IPv6Network("::/96"), 0),
    (IPv6Network("64:ff9b::/96"), 0),
    (IPv6Network("2002::/16"), 80),
]


class Forbidden(Exception):
    """The address is none that webhooks may go to."""


def split(url: str) -> SplitResult:
    """The parts of an endpoint's address.

    Raises:
        ValidationError: for `url`: it is none of a web server, or tells a password.
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
        (host or "").encode("idna")
    except (ValueError, UnicodeError):
        parts, host = urlsplit(""), None
    if parts.scheme not in PORTS or not host or not url.isprintable() or " " in url or not url.isascii():
        raise ValidationError({"url": _("This is no address, as https://crm.example.com/hooks is.")})
    if parts.username is not None or parts.password is not None:
        raise ValidationError({"url": _("An address with a name or password would be shown to others.")})
    if parts.scheme == "http" and not settings.WEBHOOK_NETWORKS:
        raise ValidationError({"url": _("The address must begin with https://, so that nobody reads on the way.")})
    return parts


def check(url: str) -> None:
    """Refuse what is no address for webhooks, as far as it can be told without asking for the name.

    Raises:
        ValidationError: for `url`: it is ill-formed, or an address that webhooks do not go to.
    """
    parts = split(url)
    try:
        address = ipaddress.ip_address(str(parts.hostname))
    except ValueError:
        return  # a name: what it means is judged whenever something is sent
    if not may_reach(address, parts.scheme):
        raise ValidationError({"url": _("Webhooks do not go to addresses inside the house, as %s.") % address})


def resolve(host: str, port: int, scheme: str) -> list[Address]:
    """The addresses of `host`, each of which webhooks may go to.

    Raises:
        OSError: nobody knows the name.
        Forbidden: one of them is private, and no network that was named.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(ipaddress.ip_address(str(one[4][0])) for one in found))
    for address in addresses:
        if not may_reach(address, scheme):
            raise Forbidden(_("%(host)s leads to %(address)s, inside the house.") % {"host": host, "address": address})
    return addresses


def may_reach(address: Address, scheme: str) -> bool:
    """Whether a message may go there: to the open internet by TLS alone, to networks that were named by both."""
    meant = _meant(address)
    if any(address in network or meant in network for network in settings.WEBHOOK_NETWORKS):
        return True
    return scheme == "https" and meant.is_global and not meant.is_multicast


def _meant(address: Address) -> Address:
    """The address of the fourth version that one of the sixth stands for, else itself."""
    if isinstance(address, IPv6Address):
        for network, shift in _EMBEDDED:
            if address in network:
                return IPv4Address((int(address) >> shift) & 0xFFFFFFFF)
    return address
