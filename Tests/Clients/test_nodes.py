"""Two gateways on one PostgreSQL act as one: for whoever logs in at one of them, the other is the same gateway."""

import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.postgresql import Wire, dump, fresh_database, run
from support.service import PROGRAMS, Service
from support.wallet import Wallet

WITHIN_SECONDS = 1.0
"""What is revoked on one node is refused on every other one within this time; so long a node may be cut off."""
PATIENCE_SECONDS = 15


def log_in(gateway) -> str:
    """The token of a new wallet's session."""
    wallet = Wallet(gateway)
    wallet.login()
    return wallet.token


def log_out(gateway, token: str) -> None:
    answer = gateway.client().post("/auth/logout", headers={"Authorization": f"Bearer {token}"})
    assert answer.is_success, answer.text


def status(client, token: str) -> int:
    return client.get("/wallet/balance", headers={"Authorization": f"Bearer {token}"}).status_code


def wait_for(condition, seconds: float) -> float:
    """How long it took until the condition held; fails if it does not within the time."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "it did not come about in time"
        time.sleep(0.02)  # pause: the other node looks four times a second
    return time.monotonic() - began


@pytest.fixture(scope="module")
def shared():
    """The database of both."""
    return fresh_database()


@pytest.fixture(scope="module")
def pair(shared, start_gateway, tmp_path_factory):
    """Gateways A and B, and the wire between B and the database."""
    wire = Wire(shared, tmp_path_factory.mktemp("wire"))
    root = secrets.token_hex(32)
    first = start_gateway(SEALGATE_DATABASE=shared, SEALGATE_ROOT_SECRET=root)
    second = start_gateway(SEALGATE_DATABASE=wire.url, SEALGATE_ROOT_SECRET=root)
    yield first, second, wire
    wire.close()


def test_a_login_at_one_node_is_good_at_the_other_at_once(pair):
    first, second, _ = pair
    for here, there in ((first, second), (second, first)):
        assert status(there.client(), log_in(here)) == 200


def test_a_challenge_of_one_node_can_be_answered_at_the_other(pair):
    first, second, _ = pair
    wallet = Wallet(first)
    challenge = wallet.challenge()
    wallet.meet(second)
    assert wallet.verify(challenge).status_code == 200


def test_a_logout_at_one_node_is_a_logout_at_the_other_within_a_second(pair):
    first, second, _ = pair
    here, there = first.client(), second.client()
    for _ in range(5):
        token = log_in(first)
        # Seen and remembered there: the hard case.
        assert status(there, token) == 200
        log_out(first, token)
        assert status(here, token) == 401
        wait_for(lambda: status(there, token) == 401, WITHIN_SECONDS)


def test_a_nonce_used_at_both_nodes_at_once_wins_once(pair):
    first, second, _ = pair
    clients = [first.client(), second.client()]
    for _ in range(10):
        wallet = Wallet(first)
        challenge = wallet.challenge()
        body = {
            "walletAddress": wallet.address,
            "signature": wallet.sign(challenge["message"]),
            "nonce": challenge["nonce"],
        }
        barrier = threading.Barrier(8)

        def verify(number: int) -> int:
            barrier.wait()
            return clients[number % 2].post("/auth/verify", json=body).status_code

        with ThreadPoolExecutor(8) as pool:
            answers = sorted(pool.map(verify, range(8)))
        assert answers[0] == 200 and all(code == 401 for code in answers[1:]), answers


def test_a_node_that_lost_the_database_lets_nobody_in_and_recovers(pair):
    first, second, wire = pair
    here, there = first.client(), second.client()
    token, revoked = log_in(first), log_in(first)
    assert status(there, token) == 200 and status(there, revoked) == 200
    for cut in (wire.cut, wire.freeze):
        cut()
        took = wait_for(lambda: status(there, token) == 503, PATIENCE_SECONDS)
        assert took < WITHIN_SECONDS + 0.5, f"{took} s"
        assert status(there, revoked) == 503
        time.sleep(WITHIN_SECONDS + 0.2)  # pause: what it last saw of the revocations is too old now
        assert status(here, token) == 200
        assert second.service.process.poll() is None
        if cut == wire.cut:
            log_out(first, revoked)
        wire.mend()
        wait_for(lambda: status(there, token) == 200, PATIENCE_SECONDS)
        # Nobody was let in before it had looked.
        assert status(there, revoked) == 401
        assert second.service.event("sessions_stale") and second.service.event("sessions_current")


def test_a_node_that_restarts_knows_the_sessions_and_revocations_of_before(pair):
    first, second, _ = pair
    kept, ended = log_in(second), log_in(second)
    log_out(second, ended)
    second.restart()
    there = second.client()
    assert status(there, kept) == 200
    assert status(there, ended) == 401
    # And its new key is known at the other one.
    assert status(first.client(), log_in(second)) == 200


def test_a_gateway_under_another_root_does_not_start_on_the_same_database(pair, shared, tmp_path):
    password = secrets.token_hex(8)
    settings = {
        "SEALGATE_LISTEN": "127.0.0.1:0",
        "SEALGATE_DATA_DIR": str(tmp_path),
        "SEALGATE_DATABASE": shared.replace("//sealgate@", f"//sealgate:{password}@"),
        "SEALGATE_ROOT_SECRET": secrets.token_hex(32),
    }
    service = Service([str(PROGRAMS / "sealgate"), "serve"], settings)
    assert service.wait() != 0
    assert "another root secret" in service.transcript
    assert password not in service.transcript


def test_neither_an_address_nor_a_provider_key_stands_in_the_database(pair, shared):
    wallet = Wallet.ready(pair[0])
    content = dump(shared)
    assert "anthropic" in content, "the search works"
    address, key = wallet.address.removeprefix("0x"), wallet.provider_key
    for needle in (address, address.lower(), key):
        assert needle.lower() not in content.lower()
        assert needle.encode().hex() not in content.lower()


def published(gateway) -> set[str]:
    return {key["kid"] for key in gateway.client().get("/.well-known/jwks.json").json()["keys"]}


def test_a_key_that_somebody_wrote_into_the_database_counts_for_nothing(pair, shared):
    """Whoever can write the database, but does not know the root, cannot add a key or prolong one."""
    first, second, _ = pair
    before = published(first)
    assert before == published(second)
    assert before == {kid for (kid,) in run(shared, "select kid from node_keys")}
    run(
        shared,
        """insert into node_keys (kid, public_key, accepted_until, code)
           select 'forged', public_key, accepted_until + 1, code from node_keys limit 1""",
    )
    # A heartbeat of another node makes both look at the keys anew.
    run(shared, "update node_keys set accepted_until = accepted_until")
    time.sleep(1)  # pause: longer than a node takes to look
    assert published(first) == before == published(second)
