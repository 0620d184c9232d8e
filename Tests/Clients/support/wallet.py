"""A wallet as its owner's client would drive it: eth-account signs, httpx talks."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from eth_account import Account
from eth_account.messages import encode_defunct, encode_typed_data

from .events import EventStream
from .gateway import Gateway
from .service import PATIENCE_SECONDS

AGENT = "assistant"


class Wallet:
    def __init__(self, gateway: Gateway, **connection):
        self.account = Account.create()
        self.provider_key = "sk-ant-api03-" + secrets.token_urlsafe(48)
        self.token = ""
        self.session = ""
        self.signatures: list[str] = []
        self.meet(gateway, **connection)

    @classmethod
    def ready(cls, gateway: Gateway, amount: int = 5_000_000, **connection) -> "Wallet":
        """A wallet that has logged in, stored its provider key and drawn from the faucet."""
        wallet = cls(gateway, **connection)
        wallet.login()
        wallet.store_key()
        if amount:
            wallet.draw(amount)
        return wallet

    def meet(self, gateway: Gateway, **connection) -> None:
        """Talks to this gateway from now on (to the same one at its new address, after a restart)."""
        self.gateway = gateway
        self.client = gateway.client(**connection)

    @property
    def address(self) -> str:
        return self.account.address

    def sign(self, text: str) -> str:
        """The EIP-191 signature of a text, as 0x and 130 hex digits."""
        signature = self.account.sign_message(encode_defunct(text=text)).signature.to_0x_hex()
        self.signatures.append(signature)
        return signature

    def sign_typed(self, data: dict) -> str:
        """The EIP-712 signature of a document, as 0x and 130 hex digits."""
        signature = self.account.sign_message(encode_typed_data(full_message=data)).signature.to_0x_hex()
        self.signatures.append(signature)
        return signature

    # Requests

    def request(self, method: str, path: str, **options) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"} | options.pop("headers", {})
        return self.client.request(method, path, headers=headers, **options)

    def get(self, path: str, **options) -> dict:
        """What a route answers when all is well."""
        response = self.request("GET", path, **options)
        assert response.is_success, f"GET {path}: {response.status_code} {response.text}"
        return response.json()

    # Login

    def challenge(self, prefix: str = "") -> dict:
        response = self.client.get(f"{prefix}/auth/challenge", params={"walletAddress": self.address})
        assert response.status_code == 200, response.text
        return response.json()

    def verify(self, challenge: dict, prefix: str = "", **overrides) -> httpx.Response:
        """Answers a challenge; `overrides` replace members of the request."""
        body = {"walletAddress": self.address, "nonce": challenge["nonce"]} | overrides
        body.setdefault("signature", self.sign(challenge["message"]))
        return self.client.post(f"{prefix}/auth/verify", json=body)

    def login(self) -> dict:
        response = self.verify(self.challenge())
        assert response.status_code == 200, response.text
        self.token = response.json()["token"]
        return response.json()

    # Vault

    def vault_proof(self, area: str = "provider-vault", typed: bool = False) -> dict:
        """A signature over a vault's text or typed data, with a nonce for one request."""
        challenge = self.get(f"/wallet/{area}/derive-challenge")
        signature = self.sign_typed(challenge["typedData"]) if typed else self.sign(challenge["message"])
        return {"signature": signature, "nonce": challenge["nonce"]}

    def store_key(self, key: str | None = None) -> dict:
        body = {"anthropicApiKey": key or self.provider_key} | self.vault_proof()
        response = self.request("PUT", "/wallet/apikey", json=body)
        assert response.status_code == 200, response.text
        return response.json()

    def unlock(self) -> dict:
        response = self.request("POST", "/wallet/provider-vault/unlock", json=self.vault_proof())
        assert response.status_code == 200, response.text
        return response.json()

    def vault_log(self, page: int = 200) -> tuple[list[dict], dict]:
        """Every row of the vault's log, and its head."""
        entries, more = [], True
        while more:
            after = entries[-1]["sequence"] if entries else 0
            answer = self.get("/wallet/vault-audit", params={"after": after, "limit": page})
            entries += answer["entries"]
            more = answer["hasMore"]
        return entries, answer["head"]

    # Money

    def draw(self, amount: int, key: str | None = None) -> httpx.Response:
        """Test money from the development faucet, in micro-USDC."""
        headers = {"Idempotency-Key": key} if key else {}
        response = self.request("POST", "/wallet/faucet", json={"amount": str(amount)}, headers=headers)
        assert response.is_success, response.text
        return response

    def balance(self) -> int:
        return int(self.get("/wallet/balance")["availableBalance"])

    def transactions(self) -> list[dict]:
        return self.get("/wallet/transactions", params={"limit": 100})["transactions"]

    def spent(self) -> list[int]:
        """What was charged, call by call."""
        return [int(each["amount"]) for each in self.transactions() if each["type"] == "spend"]

    def settled_spends(self, count: int) -> list[int]:
        """Waits until so many calls are settled. A client that left is told by nobody, so it asks again."""
        end = time.monotonic() + PATIENCE_SECONDS
        while len(spent := self.spent()) < count:
            assert time.monotonic() < end, f"{len(spent)} of {count} calls are settled"
            time.sleep(0.01)  # pause: between two looks
        return spent

    def book_balance(self) -> int:
        """The balance as the sum of the wallet's own transactions."""
        return sum(
            int(each["amount"]) * (-1 if each["type"] in ("spend", "withdrawal") else 1)
            for each in self.transactions()
        )

    # Chat

    def open_session(self, **options) -> str:
        response = self.request("POST", f"/agents/{AGENT}/sessions", json={"model": "haiku"} | options)
        assert response.is_success, response.text
        return response.json()["id"]

    @contextmanager
    def chatting(self, session: str, message: str, **options) -> Iterator[EventStream]:
        """A chat while it runs. Leaving the block before its end closes the connection."""
        headers = {"Authorization": f"Bearer {self.token}"} | options.pop("headers", {})
        body = {"message": message} | options
        path = f"/agents/{AGENT}/sessions/{session}/chat"
        with self.client.stream("POST", path, json=body, headers=headers) as response:
            if response.status_code != 200:
                response.read()
            yield EventStream(response)

    def chat(self, session: str, message: str, **options) -> list[dict]:
        """All events of a chat that is answered."""
        with self.chatting(session, message, **options) as events:
            assert events.response.status_code == 200, events.response.text
            return events.rest()

    def refused_chat(self, session: str, message: str, **options) -> httpx.Response:
        """The answer to a chat that is refused before it begins."""
        with self.chatting(session, message, **options) as events:
            assert events.response.status_code != 200
            assert events.response.headers["content-type"].startswith("application/json")
            return events.response
