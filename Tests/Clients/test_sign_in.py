"""Sign-In with Ethereum: PyPI's siwe writes the text, eth-account and web3 sign it, and every trick with it fails."""

import json
from base64 import urlsafe_b64decode
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from siwe import ISO8601Datetime, SiweMessage
from web3 import Web3

from support.gateway import ORIGIN

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


@pytest.fixture
def client(gateway):
    return gateway.client()


@pytest.fixture
def account():
    return Account.create()


def moment(seconds: float = 0) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def written(client, account, **fields) -> SiweMessage:
    """A text that the library writes around a nonce of the gateway."""
    said = client.get("/auth/nonce").json()
    basis = {
        "domain": said["domain"],
        "address": account.address,
        "statement": "Sign in to the gateway.",
        "uri": said["uri"],
        "version": "1",
        "chain_id": said["chainIds"][0],
        "nonce": said["nonce"],
        "issued_at": ISO8601Datetime(moment()),
    }
    return SiweMessage(**(basis | fields))


def signed(account, text: str) -> str:
    return account.sign_message(encode_defunct(text=text)).signature.to_0x_hex()


def send(client, text: str, signature: str):
    return client.post("/auth/siwe/verify", json={"message": text, "signature": signature})


def refused(response, status: int, code: str) -> None:
    assert (response.status_code, response.json()["error"]) == (status, code), response.text
    assert response.json()["message"]


def claims(token: str) -> dict:
    body = token.split(".")[1]
    return json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def test_a_text_of_the_library_signs_in(client, account):
    text = written(client, account).prepare_message()
    answer = send(client, text, signed(account, text))
    assert answer.status_code == 200, answer.text
    assert answer.json()["walletAddress"] == account.address.lower()
    assert claims(answer.json()["token"])["chainId"] == 8453
    headers = {"Authorization": f"Bearer {answer.json()['token']}"}
    assert client.get("/wallet/balance", headers=headers).json()["walletAddress"] == account.address.lower()


def test_every_optional_field_may_be_there(client, account):
    fields = {
        "expiration_time": ISO8601Datetime(moment(60)),
        "not_before": ISO8601Datetime(moment(-60)),
        "request_id": "request-1",
        "resources": [f"{ORIGIN}/docs", "urn:gateway:scope:chat"],
    }
    text = written(client, account, scheme="https", **fields).prepare_message()
    assert text.startswith("https://") and "Request ID: request-1\nResources:\n- " in text
    assert send(client, text, signed(account, text)).status_code == 200


def test_the_text_of_the_gateway_is_one_that_the_library_verifies(client, account):
    challenge = client.get("/api/auth/siwe/challenge", params={"address": account.address.lower()}).json()
    message = SiweMessage.from_message(challenge["message"])
    assert (message.domain, message.address, message.nonce) == ("gateway.example", account.address, challenge["nonce"])
    signature = signed(account, challenge["message"])
    message.verify(signature, domain="gateway.example", nonce=challenge["nonce"])
    assert send(client, challenge["message"], signature).status_code == 200


def test_web3_signs_in(client, account):
    text = written(client, account).prepare_message()
    signature = Web3().eth.account.sign_message(encode_defunct(text=text), private_key=account.key)
    assert send(client, text, signature.signature.to_0x_hex()).status_code == 200


def test_both_ways_in_lead_to_one_wallet(client, wallet):
    text = written(client, wallet.account).prepare_message()
    token = send(client, text, signed(wallet.account, text)).json()["token"]
    balance = client.get("/wallet/balance", headers={"Authorization": f"Bearer {token}"}).json()
    assert int(balance["availableBalance"]) == wallet.balance() > 0


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"domain": "other.example"}, 401, "siwe_wrong_domain"),
        ({"domain": "gateway.example:443"}, 401, "siwe_wrong_domain"),
        ({"domain": "gateway.example:8443"}, 401, "siwe_wrong_domain"),
        ({"domain": "gateway.example@other.example"}, 401, "siwe_wrong_domain"),
        ({"domain": "user@gateway.example"}, 401, "siwe_wrong_domain"),
        ({"domain": "GATEWAY.example"}, 401, "siwe_wrong_domain"),
        ({"scheme": "http"}, 401, "siwe_wrong_domain"),
        ({"uri": "https://other.example/login"}, 401, "siwe_wrong_uri"),
        ({"uri": "https://gateway.example:8443/"}, 401, "siwe_wrong_uri"),
        ({"uri": "https://gateway.example.other.example/"}, 401, "siwe_wrong_uri"),
        ({"uri": "https://gateway.example@other.example/"}, 401, "siwe_wrong_uri"),
        ({"chain_id": 1}, 400, "chain_not_served"),
        ({"nonce": "abcdefgh12345678"}, 401, "CHALLENGE_EXPIRED"),
        ({"issued_at": ISO8601Datetime(moment(3_600))}, 401, "siwe_not_current"),
        ({"issued_at": ISO8601Datetime(moment(-3_600))}, 401, "siwe_not_current"),
        ({"expiration_time": ISO8601Datetime(moment(-1))}, 401, "siwe_expired"),
        ({"not_before": ISO8601Datetime(moment(3_600))}, 401, "siwe_not_yet_valid"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_a_text_for_another_place_time_or_chain_is_refused(client, account, fields, status, code):
    text = written(client, account, **fields).prepare_message()
    refused(send(client, text, signed(account, text)), status, code)


def test_a_relayed_challenge_is_refused(gateway, account, start_gateway):
    """Another site hands out our nonce in a text of its own, or its own nonce in a text for us."""
    ours, theirs = gateway.client(), start_gateway(SEALGATE_PUBLIC_ORIGIN="https://other.example").client()
    text = written(ours, account, domain="other.example", uri="https://other.example").prepare_message()
    signature = signed(account, text)
    refused(send(ours, text, signature), 401, "siwe_wrong_domain")
    refused(send(theirs, text, signature), 401, "CHALLENGE_EXPIRED")


def test_an_address_in_another_case_is_refused(client, account):
    text = written(client, account).prepare_message()
    lower = text.replace(account.address, account.address.lower())
    refused(send(client, lower, signed(account, lower)), 400, "siwe_address_checksum")
    swapped = text.replace(account.address, "0x" + account.address[2:].swapcase())
    refused(send(client, swapped, signed(account, swapped)), 400, "siwe_malformed")


def test_only_the_bytes_as_sent_were_signed(client, account):
    """A legal text that the library would write otherwise: an empty request id and an empty list."""
    text = written(client, account).prepare_message() + "\nRequest ID: \nResources:"
    signature = signed(account, text)
    refused(send(client, text.removesuffix("\nResources:"), signature), 401, "SIGNATURE_INVALID")
    assert send(client, text, signature).status_code == 200


@pytest.mark.parametrize("ending", ["\n", "\r\n", " ", "\nTerms: none", "\nResources:\n"])
def test_what_the_grammar_does_not_have_is_refused(client, account, ending):
    text = written(client, account).prepare_message() + ending
    refused(send(client, text, signed(account, text)), 400, "siwe_malformed")


def test_other_forms_of_a_signature_are_refused(client, account):
    text = written(client, account).prepare_message()
    raw = bytes.fromhex(signed(account, text)[2:])
    r, s, v = raw[:32], int.from_bytes(raw[32:64]), raw[64]
    high = r + (ORDER - s).to_bytes(32) + bytes([55 - v])
    compact = r + (s | (v - 27) << 255).to_bytes(32)
    for signature, status, code in [
        (high, 401, "SIGNATURE_INVALID"),
        (raw[:64] + b"\x1d", 401, "SIGNATURE_INVALID"),
        (raw[:64] + b"\x02", 401, "SIGNATURE_INVALID"),
        (compact, 400, "malformed_signature"),
        (raw + b"\x00", 400, "contract_wallets_not_served"),
        (raw + bytes.fromhex("6492" * 16), 400, "contract_wallets_not_served"),
        (bytes(65), 401, "SIGNATURE_INVALID"),
    ]:
        refused(send(client, text, "0x" + signature.hex()), status, code)
    assert send(client, text, (raw[:64] + bytes([v - 27])).hex()).status_code == 200


def test_of_fifty_callers_with_one_text_one_gets_in(gateway, client, account):
    text = written(client, account).prepare_message()
    signature = signed(account, text)
    clients = [gateway.client() for _ in range(10)]
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda number: send(clients[number % 10], text, signature), range(50)))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 49
    assert {answer.json()["error"] for answer in answers if answer.status_code == 401} == {"CHALLENGE_EXPIRED"}


def test_a_refused_attempt_leaves_the_nonce_usable(client, account):
    text = written(client, account).prepare_message()
    refused(send(client, text, signed(Account.create(), text)), 401, "SIGNATURE_INVALID")
    assert send(client, text, signed(account, text)).status_code == 200


def test_a_known_wallet_and_an_unknown_one_are_refused_alike(client, wallet, account):
    answers = []
    for one in (wallet.account, account):
        text = written(client, one).prepare_message()
        answer = send(client, text, signed(Account.create(), text))
        answers.append((answer.status_code, answer.json() | {"requestId": None}))
    assert answers[0] == answers[1]
