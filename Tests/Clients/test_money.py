"""Money is neither lost nor made: the faucet, the prices, and a balance that does not suffice."""

import threading

import pytest

from support.wallet import AGENT, Wallet


@pytest.fixture
def poor(gateway):
    return Wallet.ready(gateway, amount=0)


def test_the_faucet_credits_what_was_asked_for(poor):
    assert poor.balance() == 0
    poor.draw(1_250_000)
    answer = poor.get("/wallet/balance")
    assert answer["availableBalance"] == "1250000"
    assert answer["availableBalanceUsd"] == "$1.25"
    assert [int(each["amount"]) for each in poor.transactions()] == [1_250_000]


def test_the_faucet_answers_a_repeated_request_once(poor):
    first = poor.draw(1_000_000, key="draw-1")
    again = poor.draw(1_000_000, key="draw-1")
    assert again.json() == first.json()
    assert poor.balance() == 1_000_000
    other = poor.request(
        "POST", "/wallet/faucet", json={"amount": "2000000"}, headers={"Idempotency-Key": "draw-1"}
    )
    assert (other.status_code, other.json()["error"]) == (409, "idempotency_conflict")
    assert poor.balance() == 1_000_000


def test_a_repeated_request_in_parallel_is_booked_once(gateway, poor):
    answers = []

    def draw() -> None:
        with gateway.client() as client:
            headers = {"Authorization": f"Bearer {poor.token}", "Idempotency-Key": "draw-2"}
            answers.append(client.post("/wallet/faucet", json={"amount": "1000000"}, headers=headers))

    threads = [threading.Thread(target=draw) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} <= {200, 201, 409}
    assert any(answer.is_success for answer in answers)
    assert poor.balance() == 1_000_000


@pytest.mark.parametrize(
    "amount", ["0", "-1", "1.5", "1e6", "", " 1000000", "0x10", "99999999999999999999", 1_000_000, None, "१"]
)
def test_amounts_that_are_none_are_refused(poor, amount):
    response = poor.request("POST", "/wallet/faucet", json={"amount": amount})
    assert response.status_code in (400, 422), response.text
    assert poor.balance() == 0


def test_the_faucet_has_a_daily_limit(poor):
    poor.draw(100_000_000)
    response = poor.request("POST", "/wallet/faucet", json={"amount": "10000"})
    assert response.status_code == 429, response.text
    assert poor.balance() == 100_000_000


def test_too_little_balance_is_402_and_the_provider_is_not_called(poor, simulator):
    poor.draw(10_000)
    session = poor.open_session(model="opus")
    calls = simulator.started
    response = poor.refused_chat(session, "x" * 100_000)
    assert (response.status_code, response.json()["error"]) == (402, "insufficient_balance")
    assert int(response.json()["required"]) > int(response.json()["available"]) == 10_000
    assert simulator.started == calls
    assert poor.balance() == 10_000


def test_a_chat_costs_a_tenth_of_the_list_price(poor):
    poor.draw(5_000_000)
    session = poor.open_session(model="claude-haiku-4-5")
    bill = poor.chat(session, "Say hello. " * 100)[-1]["data"]
    # The list price of this model in pico-USD a token: 1,000,000 in, 5,000,000 out. Fractions are charged up.
    list_price = bill["usage"]["inputTokens"] * 1_000_000 + bill["usage"]["outputTokens"] * 5_000_000
    assert int(bill["costRaw"]) == -(-list_price // 10_000_000) > 100


def test_the_history_pages_and_adds_up(poor):
    for amount in (1_000_000, 2_000_000, 3_000_000):
        poor.draw(amount)
    session = poor.open_session()
    poor.chat(session, "Say hello.")
    page = poor.get("/wallet/transactions", params={"limit": 2, "offset": 1})
    assert page["total"] == 4 and len(page["transactions"]) == 2
    spend = next(each for each in poor.transactions() if each["type"] == "spend")
    assert spend["agentId"] == AGENT
    assert poor.book_balance() == poor.balance()
    assert poor.get("/wallet/balance")["agentSpends"][AGENT]["totalSpent"] == spend["amount"]
