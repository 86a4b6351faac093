"""A small OpenID Connect provider that really listens: it signs whoever comes in as one person, as OpenID Connect demands."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "smarketing", "a secret between the two"
_TOKEN_SECONDS = 300


class Provider(ThreadingHTTPServer):
    """Says of every visitor what `claims` says; `id_claims` and `userinfo` override it in one of the two places."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.claims: dict[str, Any] = {}
        self.id_claims: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.error = ""
        self.begun: dict[str, dict[str, str]] = {}
        self.tokens: set[str] = set()

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def settings(self, **extra: Any) -> dict[str, Any]:
        """As `smarketing.environment.single_sign_on` makes it."""
        return {
            "provider_id": "company",
            "name": "Fennmark ID",
            "client_id": CLIENT_ID,
            "secret": CLIENT_SECRET,
            "settings": {"server_url": self.issuer, "oauth_pkce_enabled": True, "verified_email": False} | extra,
        }

    def token(self, asked: dict[str, str]) -> dict[str, Any] | None:
        """The answer to a code, if it, the client and the proof of who asked for it are right; None else."""
        begun = self.begun.pop(asked.get("code", ""), None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(asked.get("code_verifier", "").encode()).digest())
        is_right = (
            begun is not None
            and asked.get("client_id") == CLIENT_ID
            and asked.get("client_secret") == CLIENT_SECRET
            and asked.get("redirect_uri") == begun["redirect_uri"]
            and proof.rstrip(b"=").decode() == begun["code_challenge"]
        )
        if not is_right:
            return None
        now = int(time.time())
        told = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + _TOKEN_SECONDS}
        token = secrets.token_urlsafe()
        self.tokens.add(token)
        id_token = jwt.encode(told | self.claims | self.id_claims, self.key, "RS256", headers={"kid": "one"})
        return {"access_token": token, "token_type": "Bearer", "expires_in": _TOKEN_SECONDS, "id_token": id_token}


class _Answer(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path == "/.well-known/openid-configuration":
            self._json(self.server.configuration())
        elif url.path == "/authorize":
            self._authorize({key: values[0] for key, values in parse_qs(url.query).items()})
        elif url.path == "/userinfo":
            self._userinfo()
        elif url.path == "/keys":
            key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.server.key.public_key()))
            self._json({"keys": [key | {"kid": "one", "alg": "RS256", "use": "sig"}]})
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        answer = self.server.token({key: values[0] for key, values in parse_qs(body).items()})
        self._json(answer or {"error": "invalid_grant"}, HTTPStatus.OK if answer else HTTPStatus.BAD_REQUEST)

    def _authorize(self, asked: dict[str, str]) -> None:
        """Nobody is asked for a password here: they are sent back at once, with a code."""
        code = secrets.token_urlsafe()
        self.server.begun[code] = asked
        told = {"error": self.server.error} if self.server.error else {"code": code}
        self.send_response(HTTPStatus.FOUND)
        self.send_header("Location", f"{asked['redirect_uri']}?{urlencode({**told, 'state': asked['state']})}")
        self.end_headers()

    def _userinfo(self) -> None:
        if self.headers.get("Authorization", "").removeprefix("Bearer ") not in self.server.tokens:
            self.send_error(HTTPStatus.UNAUTHORIZED)
            return
        self._json(self.server.claims | self.server.userinfo)

    def _json(self, told: object, status: HTTPStatus = HTTPStatus.OK) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Quiet: what it was asked is seen in what it answers."""


@contextmanager
def listening() -> Iterator[Provider]:
    """A provider that answers until the block ends."""
    provider = Provider()
    thread = threading.Thread(target=provider.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.shutdown()
        provider.server_close()
        thread.join()
