"""Requests that a wallet signs one by one, by the RFC 9421 library that others use and an algorithm of Ethereum's."""

import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
from eth_account import Account
from eth_account.messages import encode_defunct
from http_message_signatures import HTTPMessageSigner, HTTPSignatureAlgorithm, HTTPSignatureKeyResolver

from .gateway import ORIGIN

CHAIN = 8453


class EIP191(HTTPSignatureAlgorithm):
    """What `personal_sign` signs: 65 bytes r, s, v."""

    algorithm_id = "eip191"

    def __init__(self, public_key=None, private_key=None):
        self.account = private_key

    def sign(self, message: bytes) -> bytes:
        return bytes(self.account.sign_message(encode_defunct(message)).signature)


class OneKey(HTTPSignatureKeyResolver):
    def __init__(self, account):
        self.account = account

    def resolve_private_key(self, key_id: str):
        return self.account


@dataclass
class Message:
    """A request under its public origin, as the library wants to see it."""

    method: str
    path: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return ORIGIN + self.path

    def send(self, client: httpx.Client) -> httpx.Response:
        return client.request(self.method, self.path, headers=self.headers, content=self.body)


class Signer:
    def __init__(self, account=None):
        self.account = account or Account.create()

    def sign(self, method: str, path: str, body: dict | None = None, **changes) -> Message:
        """A signed request. `changes` are parameters of the library's signer."""
        message = Message(method, path)
        components = ["@scheme", "@authority", "@method", "@path", "@query"]
        if body is not None:
            message.body = json.dumps(body).encode()
            message.headers["Content-Type"] = "application/json"
            components.append("content-type")
        created = datetime.now(UTC)
        words = {
            "key_id": f"eip155:{CHAIN}:{self.account.address.lower()}",
            "created": created,
            "expires": created + timedelta(seconds=60),
            "nonce": secrets.token_urlsafe(16),
            "tag": "erc8128",
            "include_alg": False,
            "covered_component_ids": components,
            "body": message.body or None,
            "label": "request",
        } | changes
        signer = HTTPMessageSigner(signature_algorithm=EIP191, key_resolver=OneKey(self.account))
        signer.sign(message, **words)
        return message
