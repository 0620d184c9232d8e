"""httpx follows a chat: the text as the provider sends it, the bill at the end, and what a client may do in between."""

import threading

import pytest

from support.events import text_of
from support.recorder import Recorder
from support.simulator import HOLD
from support.wallet import AGENT, Wallet


@pytest.fixture
def recorder():
    with Recorder() as recorder:
        yield recorder


def answered(events: list[dict]) -> tuple[str, dict]:
    """The text and the bill of a chat that went well."""
    assert events[-1]["type"] == "done"
    return text_of(events), events[-1]["data"]


def test_a_chat_streams_text_and_ends_with_the_bill(wallet, session):
    before = wallet.balance()
    events = wallet.chat(session, "Say hello.")
    kinds = [event["type"] for event in events]
    assert kinds[-1] == "done" and kinds.count("done") == 1 and "error" not in kinds
    assert len([kind for kind in kinds if kind == "text"]) >= 2
    assert text_of(events)

    bill = events[-1]["data"]
    assert bill["model"].startswith("claude-")
    assert bill["usage"]["inputTokens"] > 0 and bill["usage"]["outputTokens"] > 0
    assert bill["cost"].startswith("$")
    assert int(bill["costRaw"]) > 0
    assert wallet.balance() == int(bill["balanceRemaining"]) == before - int(bill["costRaw"])


def test_the_wire_form_is_what_old_clients_read(wallet, session):
    with wallet.chatting(session, "Say hello.") as events:
        assert events.response.headers["content-type"].split(";")[0] == "text/event-stream"
        assert events.response.headers["cache-control"] == "no-store"
        assert "content-encoding" not in events.response.headers
        raw = b"".join(events.response.iter_raw())
    assert b"\r" not in raw
    assert raw.endswith(b"\n\n")


def test_text_arrives_while_the_provider_is_still_speaking(wallet, session, simulator):
    before = simulator.calls()["finished"]
    with wallet.chatting(session, HOLD + "Say hello.") as events:
        assert events.next() == {"type": "text", "data": "You"}
        assert (simulator.calls()["open"], simulator.calls()["finished"]) == (1, before)


def test_when_the_client_leaves_the_provider_call_is_cancelled_and_what_came_is_charged(wallet, session, simulator):
    before = wallet.balance()
    cancelled = simulator.calls()["cancelled"]
    with wallet.chatting(session, HOLD + "Say hello.") as events:
        assert events.next()["type"] == "text"
    simulator.wait_for_cancelled(cancelled + 1)
    spent = wallet.settled_spends(1)
    assert spent[0] > 0
    assert wallet.balance() == before - spent[0] == wallet.book_balance()


def test_the_conversation_is_kept_and_goes_on(wallet, session):
    first, bill = answered(wallet.chat(session, "My name is Ann."))
    _, longer_bill = answered(wallet.chat(session, "What is it?"))
    assert longer_bill["usage"]["inputTokens"] > bill["usage"]["inputTokens"]
    kept = wallet.get(f"/agents/{AGENT}/sessions/{session}")
    assert [each["role"] for each in kept["messages"]] == ["user", "assistant"] * 2
    assert kept["messages"][0]["content"] == "My name is Ann."
    assert kept["messages"][1]["content"] == first
    assert session in [each["id"] for each in wallet.get("/wallet/sessions")["sessions"]]
    assert session in [each["id"] for each in wallet.get(f"/agents/{AGENT}/sessions")["sessions"]]

    assert wallet.request("DELETE", f"/agents/{AGENT}/sessions/{session}").is_success
    assert wallet.request("GET", f"/agents/{AGENT}/sessions/{session}").status_code == 404
    assert wallet.request("POST", f"/agents/{AGENT}/sessions/{session}/chat", json={"message": "x"}).status_code == 404


def test_another_wallets_session_is_not_there(gateway, wallet, session, simulator):
    other = Wallet.ready(gateway)
    calls = simulator.started
    path = f"/agents/{AGENT}/sessions/{session}"
    for response in (
        other.request("GET", path),
        other.request("DELETE", path),
        other.request("POST", path + "/chat", json={"message": "x"}),
    ):
        assert response.status_code == 404, response.text
    assert simulator.started == calls
    assert other.balance() == 5_000_000
    assert wallet.request("GET", path).status_code == 200


def test_the_provider_gets_the_wallets_own_key_and_nothing_else_of_it(start_gateway, recorder):
    wallet = Wallet.ready(start_gateway(SEALGATE_ANTHROPIC_URL=recorder.address))
    response = wallet.refused_chat(wallet.open_session(), "Say hello.")
    assert response.json()["error"] == "provider_key_rejected"
    assert [request["headers"]["x-api-key"] for request in recorder.requests] == [wallet.provider_key]
    assert recorder.requests[0]["body"]["messages"] == [{"role": "user", "content": "Say hello."}]
    sent = str(recorder.requests[0]).lower()
    for word in (wallet.token, wallet.address.lower(), wallet.address.lower()[2:]):
        assert word not in sent


def test_a_second_message_while_one_is_answered_is_refused(wallet, session):
    with wallet.chatting(session, HOLD + "Say hello.") as events:
        assert events.next()["type"] == "text"
        response = wallet.refused_chat(session, "And now?")
        assert (response.status_code, response.json()["error"]) == (409, "turn_in_progress")


def test_the_same_idempotency_key_is_answered_once(wallet, session, simulator):
    headers = {"Idempotency-Key": "chat-1"}
    first = wallet.chat(session, "Say hello.", headers=headers)
    calls, balance = simulator.started, wallet.balance()
    again = wallet.chat(session, "Say hello.", headers=headers)
    assert text_of(again) == text_of(first)
    assert again[-1] == first[-1]
    assert simulator.started == calls
    assert wallet.balance() == balance and len(wallet.spent()) == 1
    conflict = wallet.refused_chat(session, "Say something else.", headers=headers)
    assert (conflict.status_code, conflict.json()["error"]) == (409, "idempotency_conflict")


def test_many_wallets_chat_at_once_and_every_book_closes(gateway, simulator):
    wallets = [Wallet.ready(gateway) for _ in range(16)]
    sessions = [wallet.open_session() for wallet in wallets]
    bills: dict[int, dict] = {}

    def talk(index: int) -> None:
        bills[index] = wallets[index].chat(sessions[index], f"Number {index}.")[-1]

    threads = [threading.Thread(target=talk, args=(index,)) for index in range(len(wallets))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for index, wallet in enumerate(wallets):
        assert bills[index]["type"] == "done"
        assert wallet.balance() == wallet.book_balance() == int(bills[index]["data"]["balanceRemaining"])


def test_bad_chat_requests_are_refused_before_anything_is_spent(wallet, session, simulator):
    calls, balance = simulator.started, wallet.balance()
    path = f"/agents/{AGENT}/sessions/{session}/chat"
    for body, statuses in (
        ({}, {400}),
        ({"message": ""}, {400}),
        ({"message": " \n"}, {400}),
        ({"message": 7}, {400}),
        ({"message": "x", "model": "gpt-4"}, {400}),
        ({"message": "x", "maxTokens": 0}, {400}),
        ({"message": "x", "maxTokens": "many"}, {400}),
        ({"message": "x" * (4 << 20)}, {413}),
    ):
        response = wallet.request("POST", path, json=body)
        assert response.status_code in statuses, f"{str(body)[:80]}: {response.status_code} {response.text[:200]}"
        assert response.json()["error"]
    assert (simulator.started, wallet.balance()) == (calls, balance)
