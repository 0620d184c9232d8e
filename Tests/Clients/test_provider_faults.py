"""Whatever the provider does, the client gets a fixed status and code, and pays for nothing it did not get."""

import pytest

from support.events import text_of
from support.simulator import simulate
from support.wallet import Wallet

BEFORE_THE_STREAM = {
    "status=401": (424, "provider_key_rejected"),
    "status=403": (424, "provider_key_rejected"),
    "status=400": (422, "provider_request_refused"),
    "status=429 retry-after=7": (429, "provider_rate_limited"),
    "status=500": (503, "provider_unavailable"),
    "status=529": (503, "provider_unavailable"),
    "overloaded": (503, "provider_unavailable"),
    "cut=head": (503, "provider_unavailable"),
}


@pytest.mark.parametrize("fault", BEFORE_THE_STREAM)
def test_a_refusal_before_the_stream_is_a_status_and_costs_nothing(wallet, session, fault):
    status, code = BEFORE_THE_STREAM[fault]
    response = wallet.refused_chat(session, simulate(fault) + "Say hello.")
    assert (response.status_code, response.json()["error"]) == (status, code), response.text
    assert "sk-ant-" not in response.text, "the provider's own words are passed on"
    assert wallet.balance() == 5_000_000 and wallet.spent() == []
    if status == 429:
        assert response.headers["retry-after"] == "7"
    assert wallet.chat(session, "Say hello.")[-1]["type"] == "done"


@pytest.mark.parametrize("fault", ["cut-after=3", "error-after=3", "malformed-after=3"])
def test_a_fault_in_mid_stream_is_an_error_event_and_charges_what_came(wallet, session, fault):
    events = wallet.chat(session, simulate(fault) + "Say hello.")
    assert text_of(events)
    assert events[-1]["type"] == "error" and events[-1]["data"]["code"].startswith("provider_")
    assert [event["type"] for event in events].count("done") == 0 and "sk-ant-" not in str(events)
    spent = wallet.settled_spends(1)
    assert len(spent) == 1 and spent[0] > 0
    assert wallet.balance() == 5_000_000 - spent[0] == wallet.book_balance()
    assert wallet.chat(session, "Say hello.")[-1]["type"] == "done"


def test_a_provider_that_is_not_there_is_503(start_gateway):
    gateway = start_gateway(SEALGATE_ANTHROPIC_URL="http://127.0.0.1:9")
    wallet = Wallet.ready(gateway)
    response = wallet.refused_chat(wallet.open_session(), "Say hello.")
    assert (response.status_code, response.json()["error"]) == (503, "provider_unavailable")
    assert wallet.balance() == 5_000_000


def test_a_provider_on_a_private_address_is_called_only_when_the_operator_lists_it(start_gateway, simulator):
    gateway = start_gateway(SEALGATE_EGRESS_ALLOW="10.0.0.0/8")
    wallet = Wallet.ready(gateway)
    calls = simulator.started
    response = wallet.refused_chat(wallet.open_session(), "Say hello.")
    assert response.status_code == 503, response.text
    assert simulator.started == calls
    assert wallet.balance() == 5_000_000
