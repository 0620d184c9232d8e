"""The gateway's whole memory, searched from outside: keys and signatures lie where they must, and then nowhere."""

import secrets
import ssl

import pytest

from support.memory import search
from support.simulator import HOLD, simulate
from support.wallet import Wallet


@pytest.fixture(params=["plain", "tls"])
def owner(request, start_gateway):
    """A wallet whose gateway nobody else talks to, over plain HTTP and over TLS."""
    if request.param == "plain":
        return Wallet(start_gateway())
    gateway = start_gateway(SEALGATE_TLS="inside")
    anyone = ssl.create_default_context()
    anyone.check_hostname = False
    anyone.verify_mode = ssl.CERT_NONE
    return Wallet(gateway, verify=anyone)


@pytest.fixture
def watched(owner):
    """The wallet, and a search of its gateway's memory for what it keeps secret."""
    owner.login()
    logins = len(owner.signatures)

    def look(**more: bytes):
        wanted = {"provider key": owner.provider_key.encode(), **more}
        for index, signature in enumerate(owner.signatures[logins:]):
            wanted[f"vault signature {index}"] = bytes.fromhex(signature[2:130])
            wanted[f"digits of vault signature {index}"] = signature[2:130].encode()
        return search(owner.gateway.pid, wanted)

    return owner, look


def test_the_search_finds_what_is_there(watched):
    wallet, look = watched
    marker = secrets.token_hex(16)
    wallet.store_key()
    wallet.draw(1_000_000)
    session = wallet.open_session()
    with wallet.chatting(session, HOLD + marker) as events:
        events.next()
        assert look(marker=marker.encode()) != []


def test_nothing_stays_after_a_key_was_stored_opened_and_used(watched):
    wallet, look = watched
    wallet.store_key()
    assert look() == []
    wallet.draw(1_000_000)
    wallet.unlock()
    assert look() == []
    session = wallet.open_session()
    assert wallet.chat(session, "Hello")[-1]["type"] == "done"
    assert look() == []
    for scenario in ("status=401", "cut=head"):
        wallet.refused_chat(session, simulate(scenario) + "Hello")
    wallet.chat(session, simulate("cut-after=1") + "Hello")
    assert look() == []
    wallet.request("POST", "/auth/logout")
    assert look() == []


def test_while_an_answer_streams_the_key_lies_in_guarded_memory_at_most(watched):
    wallet, look = watched
    wallet.store_key()
    wallet.draw(1_000_000)
    session = wallet.open_session()
    with wallet.chatting(session, HOLD) as events:
        events.next()
        assert [hit for hit in look() if not hit.region.is_guarded] == []
    assert look() == []


def test_what_was_refused_stays_no_longer_than_what_was_taken(watched):
    wallet, look = watched
    proof = wallet.vault_proof()
    for body in (
        {"anthropicApiKey": wallet.provider_key},
        {"anthropicApiKey": wallet.provider_key} | proof | {"nonce": "unknown"},
        {"anthropicApiKey": wallet.provider_key, "signature": "0x" + "ab" * 65, "nonce": proof["nonce"]},
        {"anthropicApiKey": wallet.provider_key + " ", **proof},
        {"anthropicApiKey": wallet.provider_key * 40, **proof},
    ):
        assert wallet.request("PUT", "/wallet/apikey", json=body).status_code in (400, 413, 422)
    broken = '{"anthropicApiKey": "%s", "signature": "%s' % (wallet.provider_key, proof["signature"])
    kind = {"Content-Type": "application/json"}
    assert wallet.request("PUT", "/wallet/apikey", content=broken.encode(), headers=kind).status_code == 400
    assert look() == []
