"""The power is cut in the middle of a chat: the hold settles from what was recorded, and the books close."""

import pytest

from support.simulator import simulate
from support.wallet import Wallet


@pytest.fixture
def wallet(fresh_gateway):
    return Wallet.ready(fresh_gateway)


def back(wallet: Wallet, gateway) -> None:
    """The wallet finds the gateway again after its crash."""
    wallet.meet(gateway)
    wallet.login()


def test_a_chat_cut_by_a_crash_is_charged_by_what_was_recorded(fresh_gateway, wallet):
    session = wallet.open_session(model="claude-haiku-4-5")
    paid = int(wallet.chat(session, "Say hello.")[-1]["data"]["costRaw"])
    # What comes is recorded within 25 ms, and each second after; 40 words take two seconds.
    with wallet.chatting(session, simulate("slow=50 stall-after=40") + "word " * 100) as events:
        for _ in range(40):
            assert events.next()["type"] == "text"
        fresh_gateway.service.kill()
    fresh_gateway.start()

    assert fresh_gateway.ready["recoveredCalls"] == 1
    back(wallet, fresh_gateway)
    spent = wallet.spent()
    assert len(spent) == 2 and paid in spent
    assert wallet.balance() == 5_000_000 - sum(spent) == wallet.book_balance()

    fresh_gateway.crash()
    assert fresh_gateway.ready["recoveredCalls"] == 0
    back(wallet, fresh_gateway)
    assert wallet.spent() == spent
    assert wallet.balance() == 5_000_000 - sum(spent)
    wallet.unlock()
    assert wallet.chat(session, "And now?")[-1]["type"] == "done"


def test_a_chat_cut_by_a_crash_at_any_moment_leaves_the_books_closed(fresh_gateway, wallet):
    session = wallet.open_session()
    for words in (0, 1, 5):
        with wallet.chatting(session, simulate("slow=10 stall-after=6") + "word " * 10) as events:
            for _ in range(words):
                events.next()
            fresh_gateway.service.kill()
        fresh_gateway.start()
        assert fresh_gateway.ready["recoveredCalls"] == 1
        back(wallet, fresh_gateway)
        wallet.unlock()
        assert wallet.balance() == 5_000_000 - sum(wallet.spent()) == wallet.book_balance()
    assert wallet.chat(session, "And now?")[-1]["type"] == "done"


def test_what_was_answered_survives_a_crash(fresh_gateway, wallet):
    session = wallet.open_session()
    bills = [wallet.chat(session, f"Number {number}.")[-1]["data"] for number in range(3)]
    fresh_gateway.crash()
    back(wallet, fresh_gateway)
    assert wallet.balance() == int(bills[-1]["balanceRemaining"])
    assert sorted(wallet.spent()) == sorted(int(bill["costRaw"]) for bill in bills)
    messages = wallet.get(f"/agents/assistant/sessions/{session}")["messages"]
    assert len(messages) == 6


def test_an_answer_to_an_idempotent_request_survives_a_crash(fresh_gateway, wallet):
    first = wallet.draw(1_000_000, key="draw").json()
    fresh_gateway.crash()
    back(wallet, fresh_gateway)
    assert wallet.draw(1_000_000, key="draw").json() == first
    assert wallet.balance() == 6_000_000


def test_a_used_challenge_stays_used_after_a_crash(fresh_gateway, wallet):
    challenge = wallet.challenge()
    signature = wallet.sign(challenge["message"])
    assert wallet.verify(challenge, signature=signature).status_code == 200
    fresh_gateway.crash()
    wallet.meet(fresh_gateway)
    assert wallet.verify(challenge, signature=signature).status_code == 401
