"""A provider key opens only under its wallet's signature, is never shown, and is shut after a restart."""

import threading
import time

import httpx
import pytest
from eth_account import Account
from eth_account.messages import encode_defunct

import vault_envelope
from support.wallet import Wallet

SERVER = "/wallet/mcp-secrets/github"


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


def test_typed_data_as_another_library_signs_them_open_what_they_sealed(keyless):
    body = {"anthropicApiKey": keyless.provider_key} | keyless.vault_proof(typed=True)
    assert keyless.request("PUT", "/wallet/apikey", json=body).status_code == 200
    assert keyless.get("/wallet/apikey/status")["textKind"] == "eip712"
    keyless.login()
    refused = keyless.request("POST", "/wallet/provider-vault/unlock", json=keyless.vault_proof())
    assert (refused.status_code, refused.json()["error"]) == (409, "typed_data_needed")
    response = keyless.request("POST", "/wallet/provider-vault/unlock", json=keyless.vault_proof(typed=True))
    assert response.json()["unlockedProviders"] == ["anthropic"]
    challenge = keyless.get("/wallet/provider-vault/derive-challenge")
    domain = challenge["typedData"]["domain"]
    origin, address = challenge["typedData"]["message"]["origin"], keyless.address.lower()
    assert challenge["typedData"] == vault_envelope.typed_data(origin, address, "provider", 1, domain["chainId"])
    assert challenge["message"] == vault_envelope.purpose_text(origin, address, "provider", 1)


def test_the_signature_of_a_login_opens_no_vault(keyless):
    keyless.store_key()
    login = keyless.challenge()
    body = {"signature": keyless.sign(login["message"]), "nonce": keyless.vault_proof()["nonce"]}
    for area in ("provider-vault", "mcp-secrets", "agent-secrets"):
        response = keyless.request("POST", f"/wallet/{area}/unlock", json=body)
        assert (response.status_code, response.json()["error"]) == (400, "address_mismatch")


def test_a_second_signature_that_differs_stores_nothing(keyless):
    proof = keyless.vault_proof()
    other = Account.create().sign_message(encode_defunct(text="another")).signature.to_0x_hex()
    body = {"anthropicApiKey": keyless.provider_key, "signatureCheck": other} | proof
    response = keyless.request("PUT", "/wallet/apikey", json=body)
    assert (response.status_code, response.json()["error"]) == (409, "signer_not_deterministic")
    assert keyless.get("/wallet/apikey/status")["configured"] is False
    response = keyless.request("PUT", "/wallet/apikey", json=body | {"signatureCheck": proof["signature"]})
    assert response.status_code == 200
    assert keyless.get("/wallet/apikey/status")["determinism"] == "proven"


def test_the_log_can_be_recomputed_by_its_owner_from_the_page_alone(keyless):
    keyless.store_key()
    keyless.chat(keyless.open_session(), "Say hello.")
    keyless.request("POST", "/wallet/provider-vault/lock", json={})
    keyless.login()
    keyless.unlock()
    keyless.request("DELETE", "/wallet/apikey")
    entries, head = keyless.vault_log(page=2)
    assert vault_envelope.check_chain(entries, head) == []
    assert [entry["action"] for entry in entries] == ["stored", "used", "locked", "unlocked", "proven", "deleted"]
    assert {entry["subject"] for entry in entries} == {"provider/anthropic"}
    for forged in (
        entries[:-1], entries[1:], [entries[0] | {"action": "unlocked"}, *entries[1:]],
        [*entries[:2], entries[2] | {"atUnixMicroseconds": 1}, *entries[3:]],
    ):
        assert vault_envelope.check_chain(forged, head) != []


def test_a_rotation_seals_everything_anew_and_ends_the_old_signature(keyless):
    keyless.store_key()
    old_text = keyless.get("/wallet/provider-vault/derive-challenge")["message"]
    challenge = keyless.get("/wallet/provider-vault/rotate-challenge")
    assert challenge["message"] == old_text and challenge["newEpoch"] == 2
    body = {
        "signature": keyless.sign(challenge["message"]), "newSignature": keyless.sign(challenge["newMessage"]),
        "nonce": challenge["nonce"]}
    response = keyless.request("POST", "/wallet/provider-vault/rotate", json=body)
    assert response.status_code == 200, response.text
    assert response.json()["rotatedProviders"] == ["anthropic"]
    assert keyless.chat(keyless.open_session(), "Say hello.")[-1]["type"] == "done"
    keyless.login()
    stale = {"signature": keyless.sign(old_text), "nonce": keyless.vault_proof()["nonce"]}
    assert keyless.request("POST", "/wallet/provider-vault/unlock", json=stale).status_code == 400
    assert keyless.unlock()["unlockedProviders"] == ["anthropic"]
    assert keyless.request("POST", "/wallet/provider-vault/rotate", json=body).status_code == 400


def test_secrets_of_a_server_are_merged_shown_while_open_and_need_their_own_right(keyless):
    value = "line one\nline \"two\" \\ \u00fc \U0001f600"
    for secrets in ({"TOKEN": value}, {"OTHER": "2"}):
        response = keyless.request("POST", SERVER, json={"secrets": secrets} | keyless.vault_proof("mcp-secrets"))
        assert response.status_code == 200, response.text
    assert keyless.get(SERVER) == {"configuredSecrets": ["OTHER", "TOKEN"]}
    shown = {each["key"]: each["value"] for each in keyless.get(SERVER + "/values")["secrets"]}
    assert shown == {"TOKEN": value, "OTHER": "2"}
    assert keyless.get(SERVER + "/values/TOKEN") == {"value": value}
    assert keyless.request("GET", SERVER + "/values/NONE").status_code == 404
    keyless.login()
    refused = keyless.request("GET", SERVER + "/values")
    assert (refused.status_code, refused.json()["error"]) == (409, "secret_locked")
    entries, head = keyless.vault_log()
    assert vault_envelope.check_chain(entries, head) == []
    assert sum(entry["action"] == "shown" for entry in entries) == 3


def unsigned_wallet(gateway) -> Wallet:
    wallet = Wallet(gateway)
    wallet.login()
    wallet.draw(1_000_000)
    response = wallet.request("PUT", "/wallet/apikey", json={"anthropicApiKey": wallet.provider_key})
    assert response.json()["encryptionMode"] == "hkdf", response.text
    return wallet


@pytest.mark.parametrize("folder", [False, True])
def test_whenever_the_power_goes_a_migrating_key_stays_usable(start_gateway, tmp_path, folder):
    settings = {"SEALGATE_VAULT_UNSIGNED": "on"} | ({"SEALGATE_VAULT_DIR": str(tmp_path / "vault")} if folder else {})
    gateway = start_gateway(**settings)
    for step in range(12):
        wallet = unsigned_wallet(gateway)
        if step % 2:
            # Sealed in an earlier login: the next unlock deletes the copy.
            wallet.unlock()
            wallet.login()
        proof = wallet.vault_proof()
        unlocking = threading.Thread(target=attempt, args=(wallet, proof))
        unlocking.start()
        time.sleep(step * 0.0007)  # pause: the power goes at another step each time
        gateway.crash()
        unlocking.join()
        wallet.meet(gateway)
        wallet.login()
        wallet.unlock()
        assert wallet.chat(wallet.open_session(), "Say hello.")[-1]["type"] == "done"
        wallet.login()
        wallet.unlock()
        status = wallet.get("/wallet/apikey/status")
        assert (status["encryptionMode"], status["needsMigration"]) == ("sign-to-derive", False)
        entries, head = wallet.vault_log()
        assert vault_envelope.check_chain(entries, head) == []
    if folder:
        assert len(list((tmp_path / "vault").glob("*/*-*"))) == 12


def attempt(wallet: Wallet, proof: dict) -> None:
    """An unlock that the power cut may end."""
    try:
        wallet.request("POST", "/wallet/provider-vault/unlock", json=proof)
    except httpx.HTTPError:
        pass
