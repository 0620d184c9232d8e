"""A provider key opens only under its wallet's signature, is never shown, and is shut after a restart."""

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct

from support.wallet import Wallet


@pytest.fixture
def keyless(gateway):
    wallet = Wallet(gateway)
    wallet.login()
    wallet.draw(1_000_000)
    return wallet


def test_a_key_is_stored_and_never_shown(keyless):
    assert keyless.get("/wallet/apikey/status")["configured"] is False
    stored = keyless.store_key()
    assert stored["success"] is True and stored["encryptionMode"] == "sign-to-derive"
    response = keyless.request("GET", "/wallet/apikey/status")
    status = response.json()
    assert status["configured"] is True and status["unlocked"] is True
    assert status["encryptionMode"] == "sign-to-derive"
    assert keyless.provider_key[-8:] not in response.text
    assert keyless.request("DELETE", "/wallet/apikey").json()["configured"] is False
    assert keyless.get("/wallet/apikey/status")["configured"] is False


def test_without_a_key_a_chat_says_which_one_is_missing(keyless):
    response = keyless.refused_chat(keyless.open_session(), "Say hello.")
    answer = response.json()
    assert (response.status_code, answer["error"]) == (400, "missing_secrets")
    assert answer["missingSecrets"][0]["serverId"] == "anthropic"
    assert answer["missingSecrets"][0]["secretKeys"] == ["ANTHROPIC_API_KEY"]
    assert "needsUnlock" not in answer


def test_the_text_to_sign_is_the_same_every_time_and_the_nonce_never(keyless):
    first, second = (keyless.get("/wallet/provider-vault/derive-challenge") for _ in range(2))
    assert first["message"] == second["message"]
    assert keyless.address.lower() in first["message"]
    assert first["nonce"] != second["nonce"]


def test_a_nonce_serves_one_request(keyless):
    body = {"anthropicApiKey": keyless.provider_key} | keyless.vault_proof()
    assert keyless.request("PUT", "/wallet/apikey", json=body).status_code == 200
    assert keyless.request("PUT", "/wallet/apikey", json=body).status_code == 400


def test_a_signature_of_another_wallet_is_refused_without_ending_the_login(keyless):
    challenge = keyless.get("/wallet/provider-vault/derive-challenge")
    forged = Account.sign_message(encode_defunct(text=challenge["message"]), Account.create().key)
    body = {"signature": forged.signature.to_0x_hex(), "nonce": challenge["nonce"]}
    for response in (
        keyless.request("POST", "/wallet/provider-vault/unlock", json=body),
        keyless.request("PUT", "/wallet/apikey", json=body | {"anthropicApiKey": keyless.provider_key}),
    ):
        # 401 would make clients log in again.
        assert response.status_code in (400, 403), response.text
    assert keyless.get("/wallet/apikey/status")["configured"] is False


@pytest.mark.parametrize("key", ["", "sk-", "sk-ant-" + "x" * 5_000, "sk-ant-a b", "sk-ant-\n", 7, None])
def test_what_cannot_be_a_key_is_refused(keyless, key):
    body = {"anthropicApiKey": key} | keyless.vault_proof()
    response = keyless.request("PUT", "/wallet/apikey", json=body)
    assert response.status_code in (400, 413), response.text


def test_after_a_restart_the_key_is_locked_until_the_wallet_signs_again(fresh_gateway, simulator):
    wallet = Wallet.ready(fresh_gateway)
    session = wallet.open_session()
    wallet.chat(session, "Say hello.")
    balance = wallet.balance()

    fresh_gateway.restart()
    wallet.meet(fresh_gateway)
    assert wallet.request("GET", "/wallet/balance").status_code == 401
    wallet.login()
    assert wallet.get("/wallet/apikey/status")["unlocked"] is False
    calls = simulator.started
    answer = wallet.refused_chat(session, "Say hello again.").json()
    assert answer["needsUnlock"] is True and answer["missingSecrets"][0]["serverId"] == "anthropic"
    assert simulator.started == calls and wallet.balance() == balance

    unlocked = wallet.unlock()
    assert unlocked["unlockedProviders"] == ["anthropic"]
    assert (unlocked["lockedProviders"], unlocked["skippedProviders"], unlocked["migratedProviders"]) == ([], [], [])
    assert wallet.chat(session, "Say hello again.")[-1]["type"] == "done"
    assert simulator.started == calls + 1


def test_the_key_is_open_only_in_the_login_that_opened_it(gateway, keyless):
    keyless.store_key()
    session = keyless.open_session()
    keyless.login()
    response = keyless.refused_chat(session, "Say hello.")
    assert response.json()["needsUnlock"] is True
    keyless.unlock()
    assert keyless.chat(session, "Say hello.")[-1]["type"] == "done"
