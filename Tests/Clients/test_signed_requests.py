"""Requests that a wallet signs one by one (ERC-8128), by http-message-signatures and eth-account."""

import base64
import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from support.signed import Signer
from support.wallet import Wallet

CALLERS = 50


@pytest.fixture
def client(gateway):
    with gateway.client() as client:
        yield client


def ago(seconds: int) -> datetime:
    return datetime.now(UTC) - timedelta(seconds=seconds)


def test_a_signed_request_needs_no_login(client, gateway):
    signer = Signer()
    paid = signer.sign("POST", "/wallet/faucet", {"amount": "3000000"}).send(client)
    assert paid.is_success, paid.text
    balance = signer.sign("GET", "/wallet/balance").send(client)
    assert balance.status_code == 200, balance.text
    assert balance.json()["availableBalance"] == "3000000"
    listed = signer.sign("GET", "/wallet/transactions?limit=5&x=%20a").send(client)
    assert listed.status_code == 200, listed.text
    # The same wallet after a login.
    wallet = Wallet(gateway)
    wallet.account = signer.account
    wallet.login()
    assert wallet.balance() == 3_000_000


def test_of_fifty_callers_with_one_request_one_is_served(gateway):
    message = Signer().sign("POST", "/wallet/faucet", {"amount": "1000000"})

    def call(_) -> tuple[int, str | None]:
        with gateway.client() as client:
            response = message.send(client)
            return response.status_code, response.json().get("error")

    with ThreadPoolExecutor(CALLERS) as pool:
        answers = list(pool.map(call, range(CALLERS)))
    refused = [code for status, code in answers if status == 401]
    assert refused == ["nonce_reused"] * (CALLERS - 1), answers


def test_a_used_nonce_stays_used_after_a_crash(fresh_gateway):
    message = Signer().sign("GET", "/wallet/balance")
    with fresh_gateway.client() as client:
        assert message.send(client).status_code == 200
    fresh_gateway.crash()
    with fresh_gateway.client() as client:
        assert message.send(client).json()["error"] == "nonce_reused"


def test_with_a_token_beside_it_the_signature_counts(client, wallet):
    signer = Signer()
    message = signer.sign("GET", "/wallet/balance")
    message.headers["Authorization"] = f"Bearer {wallet.token}"
    assert message.send(client).json()["availableBalance"] == "0"
    bad = signer.sign("GET", "/wallet/settings")
    bad.headers["Authorization"] = f"Bearer {wallet.token}"
    bad.path = "/wallet/balance"
    assert bad.send(client).json()["error"] == "bad_signature"


def high_s(signature: bytes) -> bytes:
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    s = order - int.from_bytes(signature[32:64], "big")
    return signature[:32] + s.to_bytes(32, "big") + bytes([55 - signature[64]])


SIGNATURES = {
    "v of 0 or 1": lambda signature: signature[:64] + bytes([signature[64] - 27]),
    "64 bytes": lambda signature: signature[:64],
    "a high s": high_s,
    "another bit": lambda signature: bytes([signature[0] ^ 1]) + signature[1:],
}


@pytest.mark.parametrize("change", SIGNATURES.values(), ids=SIGNATURES.keys())
def test_no_other_form_of_a_signature_is_taken(client, change):
    message = Signer().sign("GET", "/wallet/balance")
    encoded = message.headers["Signature"].removeprefix("request=:").removesuffix(":")
    altered = base64.b64encode(change(base64.b64decode(encoded))).decode()
    good = message.headers["Signature"]
    message.headers["Signature"] = f"request=:{altered}:"
    response = message.send(client)
    assert (response.status_code, response.json()["error"]) == (401, "bad_signature")
    assert response.headers["www-authenticate"] == 'ERC8128 error="bad_signature"'
    message.headers["Signature"] = good
    assert message.send(client).status_code == 200, "the refused request has burnt no nonce"


CLAIMS = {
    "insufficient_coverage": lambda: {"covered_component_ids": ["@authority", "@method", "@path", "@query"]},
    "nonce_required": lambda: {"nonce": None},
    "invalid_nonce": lambda: {"nonce": "n" * 129},
    "unsupported_algorithm": lambda: {"include_alg": True},
    "no_acceptable_signature": lambda: {"tag": "other"},
    "invalid_time": lambda: {"expires": None},
    "request_expired": lambda: {"created": ago(200), "expires": ago(140)},
    "request_not_yet_valid": lambda: {"created": ago(-100), "expires": ago(-140)},
    "request_validity_too_long": lambda: {"created": ago(0), "expires": ago(-120)},
    "unsupported_chain": lambda: {"key_id": "eip155:137:0x7e5f4552091a69125d5dfcb7b8c2659029395bdf"},
    "invalid_keyid": lambda: {"key_id": "eip155:1:0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"},
}


@pytest.mark.parametrize("code", CLAIMS.keys())
def test_each_claim_that_may_not_be_made_has_its_code(client, code):
    response = Signer().sign("GET", "/wallet/balance", **CLAIMS[code]()).send(client)
    assert (response.status_code, response.json()["error"], response.json()["reason"]) == (401, code, code)
    assert f'error="{code}"' in response.headers["www-authenticate"]
    assert ("accept-signature" in response.headers) == (code == "insufficient_coverage")
    assert ("eip155:8453" in response.headers["www-authenticate"]) == (code == "unsupported_chain")


def test_another_body_is_refused_with_and_without_its_digest(client):
    signer = Signer()
    message = signer.sign("POST", "/wallet/faucet", {"amount": "1000000"})
    message.body = message.body.replace(b"1000000", b"9000000")
    assert message.send(client).json()["error"] == "bad_content_digest"
    message.headers.pop("Content-Digest")
    assert message.send(client).json()["error"] == "content_digest_required"
    other = signer.sign("POST", "/wallet/faucet", {"amount": "9000000"})
    message.headers["Content-Digest"] = other.headers["Content-Digest"]
    message.body = other.body
    assert message.send(client).json()["error"] == "bad_signature"


@pytest.mark.parametrize("field", ["Signature", "Signature-Input"])
def test_what_cannot_be_read_is_a_bad_request(client, field):
    message = Signer().sign("GET", "/wallet/balance")
    message.headers[field] += ","
    response = message.send(client)
    assert (response.status_code, response.json()["error"]) == (400, "signature_input_invalid")
    message.headers[field] = "a=1," * 4_000
    response = message.send(client)
    assert response.status_code in (400, 431)


def test_what_is_taken_is_published(client):
    policy = client.get("/.well-known/erc8128")
    assert policy.status_code == 200
    assert policy.headers["content-type"] == "application/json"
    document = policy.json()
    assert document["max_validity_sec"] >= 60
    assert "eip155:8453" in document["chains"]
    assert document["account_verification"] in ("eoa-only", "universal")


def test_the_early_revision_is_taken_where_it_is_set(start_gateway):
    gateway = start_gateway(SEALGATE_ERC8128="a+b")
    signer = Signer()
    early = {
        "key_id": f"erc8128:8453:{signer.account.address}",
        "tag": None,
        "nonce": secrets.token_urlsafe(16),
        "covered_component_ids": ["@authority", "@method", "@path"],
    }
    message = signer.sign("GET", "/wallet/balance", **early)
    with gateway.client() as client:
        assert message.send(client).status_code == 200
        assert message.send(client).json()["error"] == "nonce_reused"
        query = signer.sign("GET", "/wallet/transactions?limit=1", **early | {"nonce": "fresh"})
        assert query.send(client).json()["error"] == "insufficient_coverage"
