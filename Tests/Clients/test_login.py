"""A wallet logs in with a signature by eth-account; whatever is wrong about it is refused with a fixed code."""

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct

from support.gateway import ORIGIN
from support.wallet import Wallet


@pytest.fixture
def stranger(gateway):
    return Wallet(gateway)


def refused(response, status: int, code: str) -> None:
    assert (response.status_code, response.json()["error"]) == (status, code), response.text
    assert response.json()["message"] and response.json()["requestId"]


@pytest.mark.parametrize("prefix", ["", "/api"])
def test_logs_in_by_either_path(stranger, prefix):
    challenge = stranger.challenge(prefix)
    assert ORIGIN in challenge["message"] and challenge["nonce"] in challenge["message"]
    answer = stranger.verify(challenge, prefix)
    assert answer.status_code == 200
    assert answer.json()["walletAddress"] == stranger.address.lower()
    stranger.token = answer.json()["token"]
    assert stranger.get("/wallet/balance")["walletAddress"] == stranger.address.lower()


def test_recovery_ids_zero_and_one_are_accepted(stranger):
    challenge = stranger.challenge()
    signature = bytes.fromhex(stranger.sign(challenge["message"])[2:])
    old_style = "0x" + (signature[:64] + bytes([signature[64] - 27])).hex()
    assert stranger.verify(challenge, signature=old_style).status_code == 200


def test_a_signature_of_another_wallet_is_refused(stranger):
    challenge = stranger.challenge()
    forged = Account.sign_message(encode_defunct(text=challenge["message"]), Account.create().key)
    refused(stranger.verify(challenge, signature=forged.signature.to_0x_hex()), 401, "ADDRESS_MISMATCH")


def test_a_signature_over_another_text_is_refused(stranger):
    challenge = stranger.challenge()
    refused(stranger.verify(challenge, signature=stranger.sign(challenge["message"] + " ")), 401, "ADDRESS_MISMATCH")


def test_a_challenge_is_used_once(stranger):
    challenge = stranger.challenge()
    assert stranger.verify(challenge).status_code == 200
    refused(stranger.verify(challenge), 401, "CHALLENGE_EXPIRED")


def test_a_refused_attempt_leaves_the_challenge_usable(stranger):
    challenge = stranger.challenge()
    stranger.verify(challenge, signature=stranger.sign("something else"))
    assert stranger.verify(challenge).status_code == 200


@pytest.mark.parametrize("place", [16, 21, 40, -1], ids=["expiry", "expiry's end", "random part", "code"])
def test_an_altered_challenge_is_unknown(stranger, place):
    challenge = stranger.challenge()
    nonce = list(challenge["nonce"])
    nonce[place] = "0" if nonce[place] != "0" else "1"
    altered = "".join(nonce)
    message = challenge["message"].replace(challenge["nonce"], altered)
    refused(stranger.verify(challenge, nonce=altered, signature=stranger.sign(message)), 401, "CHALLENGE_EXPIRED")


def test_a_challenge_for_one_wallet_does_not_serve_another(gateway, stranger):
    challenge = stranger.challenge()
    other = Wallet(gateway)
    response = other.verify(challenge)
    assert response.status_code == 401, response.text


def test_the_high_s_twin_of_a_signature_is_refused(stranger):
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    challenge = stranger.challenge()
    signature = bytes.fromhex(stranger.sign(challenge["message"])[2:])
    twin = signature[:32] + (order - int.from_bytes(signature[32:64])).to_bytes(32) + bytes([55 - signature[64]])
    assert stranger.verify(challenge, signature="0x" + twin.hex()).status_code in (400, 401)


@pytest.mark.parametrize(
    "members",
    [
        {"walletAddress": "0x1234"},
        {"walletAddress": 7},
        {"signature": "0x00"},
        {"signature": None},
        {"nonce": "x"},
        {"nonce": ["a"]},
    ],
)
def test_malformed_requests_are_400(stranger, members):
    challenge = stranger.challenge()
    response = stranger.verify(challenge, **({"signature": "0x" + "11" * 65} | members))
    assert response.status_code == 400, response.text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b'{"walletAddress":"0x',
        b'{"nonce":"\xff\xfe"}',
        b'{"a":1,"a":2}',
        b"{}" + b" " * 70_000,
    ],
    ids=["empty", "cut", "array", "string", "open string", "not UTF-8", "twice the same name", "oversized"],
)
def test_broken_bodies_are_refused(gateway, body):
    with gateway.client() as client:
        response = client.post("/auth/verify", content=body, headers={"Content-Type": "application/json"})
        assert response.status_code in (400, 413), response.text
        assert response.json()["error"]


def test_the_test_mode_of_old_clients_is_refused(stranger):
    body = {"testMode": True, "walletAddress": stranger.address}
    refused(stranger.client.post("/api/auth/verify", json=body), 403, "test_mode_refused")
    challenge = stranger.challenge()
    signed = body | {"nonce": challenge["nonce"], "signature": stranger.sign(challenge["message"])}
    refused(stranger.client.post("/api/auth/verify", json=signed), 403, "test_mode_refused")


@pytest.mark.parametrize("name", ["signature", "nonce"])
def test_a_login_needs_signature_and_nonce(stranger, name):
    challenge = stranger.challenge()
    body = {
        "walletAddress": stranger.address,
        "nonce": challenge["nonce"],
        "signature": stranger.sign(challenge["message"]),
        "testMode": False,
    }
    del body[name]
    response = stranger.client.post("/auth/verify", json=body)
    refused(response, 400, "invalid_request")
    assert name in response.json()["message"]


def test_a_session_ends_with_logout(stranger):
    stranger.login()
    assert stranger.request("POST", "/auth/logout").is_success
    refused(stranger.request("GET", "/wallet/balance"), 401, "SESSION_REVOKED")
    stranger.login()
    assert stranger.request("GET", "/wallet/balance").is_success
