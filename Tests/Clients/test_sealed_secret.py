"""A provider key and the vault's signature under seal: whoever ends the TLS connection sees neither."""

import json
import secrets
from datetime import UTC, datetime
from pathlib import Path

import attestation_verifier as verifier
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sealed_secret import from_base64url, key_schedule, sealed_member, thumbprint

from support.device import Device
from support.gateway import ORIGIN
from support.memory import search
from support.wallet import Wallet

PURPOSES = {"sealedKey": "provider-key/anthropic", "sealedSignature": "vault-signature"}


@pytest.fixture
def keyless(fresh_gateway):
    """A wallet that has logged in and stored nothing."""
    wallet = Wallet(fresh_gateway)
    wallet.login()
    return wallet


def sealed_body(wallet: Wallet, key: dict | None = None) -> dict:
    """What a careful client sends: nothing in it can be read on the way."""
    key = key or wallet.get("/wallet/provider-vault/sealing-key")
    public_key = from_base64url(key["publicKey"])
    assert thumbprint(public_key) == key["recipient"]
    proof = wallet.vault_proof()
    secrets = {"sealedKey": wallet.provider_key.encode(), "sealedSignature": proof["signature"].encode()}
    sealed = {
        name: sealed_member(secret, public_key, wallet.address, key["session"], PURPOSES[name], proof["nonce"])
        for name, secret in secrets.items()
    }
    return sealed | {"nonce": proof["nonce"]}


def store(wallet: Wallet, body: dict):
    return wallet.request("PUT", "/wallet/apikey", json=body)


def test_the_seal_is_rfc_9180s():
    cases = json.loads((Path(__file__).parent.parent / "CryptographyTests/Vectors/hpke.json").read_text())["cases"]
    cases = [case for case in cases if case["aead"] == 2]
    assert len(cases) >= 3
    for case in cases:
        given = {name: bytes.fromhex(case[name][2:]) for name in ("skEm", "pkRm", "info", "enc", "key", "baseNonce")}
        ephemeral = X25519PrivateKey.from_private_bytes(given["skEm"])
        made = key_schedule(given["pkRm"], given["info"], ephemeral)
        assert made == (given["enc"], given["key"], given["baseNonce"])


def test_a_key_is_stored_and_the_vault_opened_under_seal(keyless):
    body = sealed_body(keyless)
    sent = json.dumps(body)
    assert keyless.provider_key not in sent and keyless.signatures[-1] not in sent
    stored = store(keyless, body)
    assert stored.status_code == 200 and stored.json()["unlocked"] is True, stored.text
    keyless.draw(1_000_000)
    assert keyless.chat(keyless.open_session(), "Hello")[-1]["type"] == "done"
    keyless.login()
    body = sealed_body(keyless)
    del body["sealedKey"]
    opened = keyless.request("POST", "/wallet/provider-vault/unlock", json=body)
    assert opened.json()["unlockedProviders"] == ["anthropic"], opened.text
    found = {"key": keyless.provider_key.encode(), "signature": bytes.fromhex(keyless.signatures[-1][2:])}
    assert search(keyless.gateway.pid, found) == []


def test_a_seal_to_another_instance_is_told_the_right_key(keyless):
    body = sealed_body(keyless)
    other = X25519PrivateKey.generate().public_key().public_bytes_raw()
    key = keyless.get("/wallet/provider-vault/sealing-key")
    wrong = sealed_member(
        b"sk-ant-0123456789", other, keyless.address, key["session"], PURPOSES["sealedKey"], body["nonce"]
    )
    refused = store(keyless, body | {"sealedKey": wrong})
    assert refused.status_code == 409 and refused.json()["error"] == "wrong_recipient"
    assert refused.json()["sealingKey"] == {"publicKey": key["publicKey"], "recipient": key["recipient"]}
    assert store(keyless, body).status_code == 200, "the nonce was not used up"
    keyless.gateway.restart()
    keyless.meet(keyless.gateway)
    keyless.login()
    assert store(keyless, sealed_body(keyless, key)).json()["error"] == "wrong_recipient"


def test_what_is_sealed_is_not_sent_in_plain_as_well(keyless):
    body = sealed_body(keyless)
    for name, plain in {
        "signature": keyless.signatures[-1],
        "signatureCheck": keyless.signatures[-1],
        "anthropicApiKey": keyless.provider_key,
    }.items():
        refused = store(keyless, body | {name: plain})
        assert refused.status_code == 400 and refused.json()["error"] == "sealed_secret_invalid", refused.text
        assert name in refused.json()["message"]
    assert store(keyless, body).status_code == 200, "the nonce was not used up"


def test_a_seal_for_another_session_wallet_request_or_purpose_does_not_open(keyless):
    body = sealed_body(keyless)
    first = keyless.token
    keyless.login()
    assert keyless.token != first
    for changed in (
        body,
        sealed_body(keyless) | {"sealedKey": body["sealedKey"]},
        (fresh := sealed_body(keyless)) | {"sealedKey": fresh["sealedSignature"]},
        fresh | {"nonce": keyless.vault_proof()["nonce"]},
        fresh | {"sealedKey": fresh["sealedKey"] | {"ciphertext": "A" * 60}},
        fresh | {"sealedKey": fresh["sealedKey"] | {"enc": "A" * 43}},
        fresh | {"sealedKey": fresh["sealedKey"] | {"enc": "=" * 43}},
    ):
        refused = store(keyless, changed)
        assert refused.status_code == 400 and refused.json()["error"] == "sealed_secret_invalid", refused.text
    other = Wallet(keyless.gateway)
    other.login()
    stolen = other.vault_proof() | {"sealedKey": fresh["sealedKey"]}
    assert store(other, stolen).json()["error"] == "sealed_secret_invalid"


def test_a_client_that_believes_nobody_stores_its_key(start_gateway, tmp_path):
    device = Device(tmp_path, "--product", "genoa", "--kind", "vcek")
    try:
        wallet = Wallet(start_gateway(**device.settings))
        wallet.login()
        nonce = secrets.token_bytes(32)
        bundle = wallet.get("/api/attestation/report", params={"nonce": nonce.hex()})
        verdict = verifier.verify_bundle(
            bundle, nonce=nonce, jwks=None, gateway=ORIGIN, now=datetime.now(UTC), roots={device.root_sha256}
        )
        assert verdict.trusted, verdict
        key = wallet.get("/wallet/provider-vault/sealing-key")
        assert verifier.read_statement(bundle)["hpkeKey"] == key["publicKey"]
        assert store(wallet, sealed_body(wallet, key)).status_code == 200
    finally:
        device.stop()
