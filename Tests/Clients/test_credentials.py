"""API keys, sessions and devices by plain HTTP, with signatures that eth-account and cryptography make."""

import base64
import hashlib

import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from eth_account import Account
from eth_account.messages import encode_defunct

from support.gateway import ORIGIN


def api_key(wallet, *permissions, **more):
    body = {"name": "build", "permissions": list(permissions)} | more
    made = wallet.client.post("/auth/api-keys", json=body, headers={"Authorization": f"Bearer {wallet.token}"})
    assert made.status_code == 201, made.text
    return made.json()


def balance(wallet, **headers):
    return wallet.client.get("/wallet/balance", headers=headers)


def test_a_key_works_in_both_fields_and_only_for_what_it_may(wallet):
    key = api_key(wallet, "wallet:read")["apiKey"]
    for headers in ({"X-Api-Key": key}, {"Authorization": f"Bearer {key}"}):
        answer = balance(wallet, **headers)
        assert answer.json()["walletAddress"] == wallet.address.lower()
    settings = wallet.client.put("/wallet/settings", json={}, headers={"X-Api-Key": key})
    assert (settings.status_code, settings.json()["error"]) == (403, "insufficient_permissions")
    assert balance(wallet, **{"X-Api-Key": key, "Authorization": f"Bearer {wallet.token}"}).status_code == 401


def test_a_key_of_other_letters_opens_nothing(wallet):
    key = api_key(wallet, "wallet:read")["apiKey"]
    for place in range(0, len(key), 5):
        other = key[:place] + ("a" if key[place] != "a" else "b") + key[place + 1 :]
        assert balance(wallet, **{"X-Api-Key": other}).status_code == 401


def test_no_secret_of_a_key_is_ever_listed(wallet):
    made = api_key(wallet, "wallet:read", name="nightly")
    listed = wallet.get("/auth/api-keys")["apiKeys"]
    assert [key["name"] for key in listed] == ["nightly"]
    assert made["apiKey"].startswith(listed[0]["prefix"] + "_")
    assert made["apiKey"] not in str(listed)
    assert hashlib.sha256(made["apiKey"].encode()).hexdigest() not in str(listed)


class WalletDevice:
    def __init__(self):
        self.account = Account.create()
        self.address = self.account.address
        self.proof = {}

    def sign(self, message: str) -> str:
        return "0x" + self.account.sign_message(encode_defunct(text=message)).signature.hex().removeprefix("0x")


class SecureElement:
    """What phones have: P-256, DER, and an address that is only a name."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.address = Account.create().address
        info = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.proof = {"devicePublicKey": base64.b64encode(info).decode()}

    def sign(self, message: str) -> str:
        return base64.b64encode(self.key.sign(message.encode(), ec.ECDSA(hashes.SHA256()))).decode()


@pytest.mark.parametrize("kind", [WalletDevice, SecureElement])
def test_a_device_is_paired_renewed_and_ended(wallet, kind):
    device, client = kind(), wallet.client
    begun = client.post("/auth/device", json={"client": "cli", "platform": "linux", "permissions": ["wallet:*"]})
    assert begun.status_code == 201, begun.text
    invitation = begun.json()
    watch = f"/auth/watch/device/{invitation['deviceCode']}"
    assert client.get(watch).status_code == 202
    proof = {"deviceWalletAddress": device.address, "signature": device.sign(invitation["deviceProofMessage"])}
    proved = client.post(f"/auth/device/{invitation['deviceCode']}/proof", json=proof | device.proof)
    assert proved.json()["status"] == "VERIFIED", proved.text
    owner = {"Authorization": f"Bearer {wallet.token}"}
    approval = {"userCode": invitation["userCode"], "scopes": ["wallet:read"]}
    approved = client.post("/auth/device/approve", json=approval, headers=owner)
    assert approved.json()["status"] == "APPROVED", approved.text
    assert "token" not in approved.json()
    token = client.get(watch).raise_for_status().json()["token"]

    source = jwt.PyJWKClient(str(client.base_url).rstrip("/") + "/.well-known/jwks.json")
    key = source.get_signing_key_from_jwt(token)
    claims = jwt.decode(token, key, algorithms=["ES256"], audience=ORIGIN, issuer=ORIGIN)
    assert claims["permissions"] == ["wallet:read"]
    assert claims["sub"] == wallet.address.lower()

    challenge = client.get("/auth/device/challenge", params={"deviceWalletAddress": device.address}).json()
    renewal = {
        "deviceWalletAddress": device.address,
        "nonce": challenge["nonce"],
        "signature": device.sign(challenge["message"]),
    }
    renewed = client.post("/auth/device/refresh", json=renewal)
    assert renewed.is_success, renewed.text
    for session in (token, renewed.json()["token"]):
        assert balance(wallet, Authorization=f"Bearer {session}").is_success
    devices = wallet.get("/auth/devices")["devices"]
    assert [entry["deviceWalletAddress"] for entry in devices] == [device.address.lower()]
    assert client.delete(f"/auth/devices/{devices[0]['id']}", headers=owner).is_success
    for session in (token, renewed.json()["token"]):
        assert balance(wallet, Authorization=f"Bearer {session}").json()["error"] == "SESSION_REVOKED"


def test_everything_ends_at_once(wallet):
    key = api_key(wallet, "wallet:read")["apiKey"]
    assert {entry["kind"] for entry in wallet.get("/auth/sessions")["sessions"]} == {"login"}
    owner = {"Authorization": f"Bearer {wallet.token}"}
    ended = wallet.client.delete("/auth/sessions", params={"apiKeys": "1"}, headers=owner)
    assert ended.json()["apiKeys"] == 1
    for headers in (owner, {"X-Api-Key": key}):
        assert balance(wallet, **headers).json()["error"] == "SESSION_REVOKED"
