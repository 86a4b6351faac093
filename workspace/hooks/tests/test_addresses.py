"""Webhooks go to the open internet by TLS, and into the house only where whoever runs it has said so."""

import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.exceptions import ValidationError
from pytest_django import Settings

from workspace.hooks import addresses, sending
from workspace.hooks.sending import Parcel

PRIVATE = [
    "127.0.0.1",
    "127.8.9.10",
    "0.0.0.0",  # noqa: S104 - nobody listens there
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "239.1.2.3",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fd12:3456::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:a9fe:a9fe",
    "::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "2002:7f00:1::1",
    "2002:c0a8:101::",
]
PUBLIC = ["93.184.215.14", "2606:2800:220:1::1", "::ffff:93.184.215.14"]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_inside_the_house_are_refused_however_they_are_written(address: str) -> None:
    host = f"[{address}]" if ":" in address else address

    assert not addresses.may_reach(ipaddress.ip_address(address), "https")
    with pytest.raises(ValidationError) as refused:
        addresses.check(f"https://{host}/hooks")
    assert "url" in refused.value.message_dict


@pytest.mark.parametrize("address", PUBLIC)
def test_the_open_internet_is_reached_by_tls_alone(address: str) -> None:
    assert addresses.may_reach(ipaddress.ip_address(address), "https")
    assert not addresses.may_reach(ipaddress.ip_address(address), "http")


@pytest.mark.parametrize(
    ("network", "address", "may"),
    [
        ("10.20.0.0/16", "10.20.3.4", True),
        ("10.20.0.0/16", "::ffff:10.20.3.4", True),
        ("10.20.0.0/16", "10.21.0.1", False),
        ("10.20.0.0/16", "127.0.0.1", False),
        ("::1/128", "::1", True),
        ("fd00:7::/32", "fd00:7::9", True),
    ],
)
def test_a_network_that_was_named_may_be_reached(settings: Settings, network: str, address: str, may: bool) -> None:
    settings.WEBHOOK_NETWORKS = [ipaddress.ip_network(network)]

    assert [addresses.may_reach(ipaddress.ip_address(address), scheme) for scheme in ("https", "http")] == [may, may]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "crm.example.com",
        "ftp://crm.example.com/",
        "file:///etc/passwd",
        "https://",
        "https:///hooks",
        "https://crm.example.com:99999/",
        "https://[::1/",
        "https://crm.example.com/a b",
        "https://crm.example.com/\r\nX: y",
        "https://otto:secret@crm.example.com/",
        "https://grüße.example/",
        "http://crm.example.com/",
        f"https://{'x' * 70}.example/",
    ],
)
def test_what_is_no_address_of_a_receiver_is_refused(url: str) -> None:
    with pytest.raises(ValidationError) as refused:
        addresses.check(url)

    assert "url" in refused.value.message_dict


def test_http_is_taken_where_a_network_was_named(settings: Settings) -> None:
    settings.WEBHOOK_NETWORKS = [ipaddress.ip_network("10.20.0.0/16")]

    addresses.check("http://crm.inside.example:8080/hooks")


def lead_to(monkeypatch: pytest.MonkeyPatch, *found: str) -> list[str]:
    """Let every name mean these addresses; answers which names were asked for."""
    asked: list[str] = []
    really = socket.getaddrinfo

    def getaddrinfo(host: str, port: int, *args: Any, **options: Any) -> list[Any]:
        if host in found:  # a connection to an address asks for nothing
            return really(host, port, *args, **options)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


@pytest.mark.parametrize("found", [["127.0.0.1"], ["::1"], ["::ffff:10.0.0.1"], ["93.184.215.14", "192.168.1.1"]])
def test_a_name_that_leads_into_the_house_is_not_connected_to(
    monkeypatch: pytest.MonkeyPatch, found: list[str]
) -> None:
    lead_to(monkeypatch, *found)
    connected: list[Any] = []
    monkeypatch.setattr(socket, "create_connection", lambda *args, **_options: connected.append(args))

    outcome = sending.send(Parcel("https://rebind.example/hooks", {}, b"{}"))

    assert (outcome.status, connected) == (None, [])
    assert "inside the house" in outcome.error


def test_an_unknown_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(*_args: Any, **_options: Any) -> list[Any]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    assert "not known" in sending.send(Parcel("https://nobody.example/", {}, b"{}")).error


@pytest.fixture
def tls_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[int]:
    """A receiver that speaks TLS as crm.example, with a certificate that we trust."""
    settings.WEBHOOK_NETWORKS = [ipaddress.ip_network("127.0.0.1/32")]
    trusted = certificate("crm.example", tmp_path)
    monkeypatch.setattr(sending, "_tls", lambda: ssl.create_default_context(cafile=str(trusted)))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.headers["Host"].encode())

        def log_message(self, *_args: Any) -> None:
            """The test says what came."""

    class Server(HTTPServer):
        def handle_error(self, *_args: Any) -> None:
            """A handshake that the other side broke off."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted, tmp_path / "key.pem")
    with Server(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def certificate(name: str, folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return folder / "certificate.pem"


def test_the_connection_goes_to_what_was_resolved_once_and_the_certificate_is_for_the_name(
    tls_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = lead_to(monkeypatch, "127.0.0.1")
    right, wrong = (sending.send(Parcel(f"https://{name}.example:{tls_port}/", {}, b"{}")) for name in ("crm", "other"))

    assert (right.status, right.answer) == (200, f"crm.example:{tls_port}")
    assert wrong.status is None
    assert "certificate" in wrong.error
    assert asked == ["crm.example", "other.example"], "each name is asked for once"
