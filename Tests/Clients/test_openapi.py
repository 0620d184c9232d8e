"""schemathesis asks every route what its document allows and what it forbids: no 5xx, and answers as documented."""

import json
import subprocess

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi import checks

from support.service import PATIENCE_SECONDS, PROGRAMS
from support.wallet import AGENT, Wallet

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]

# TRACE is left out: the transport answers 501 to a method that it serves nowhere, which is no fault.
METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "QUERY"]

document = schemathesis.openapi.from_dict(
    json.loads(subprocess.check_output([PROGRAMS / "sealgate", "openapi"], stdin=subprocess.DEVNULL)),
    config=SchemathesisConfig.from_dict({"phases": {"coverage": {"unexpected-methods": METHODS}}}),
)

bounded = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


HEAD_TOO_LARGE = 431
"""The transport's answer to any request whose head is beyond its limits, before there is a route."""

UNAVAILABLE = 503
"""The one server error that is an honest answer here: this gateway has no attestation hardware."""


@pytest.fixture(scope="module")
def caller(shared_gateway):
    return Wallet.ready(shared_gateway, amount=100_000_000)


@pytest.fixture(scope="module")
def leaver(shared_gateway):
    """The one who logs out, so that the others keep their session."""
    return Wallet(shared_gateway)


def ask(case, gateway, caller: Wallet) -> None:
    headers = {"Authorization": f"Bearer {caller.token}"}
    response = case.call(base_url=gateway.address, headers=headers, timeout=PATIENCE_SECONDS)
    if response.status_code == HEAD_TOO_LARGE:
        return
    if response.status_code == UNAVAILABLE and response.json()["error"] == "attestation_unavailable":
        case.validate_response(response, checks=CHECKS, excluded_checks=[not_a_server_error])
    elif response.headers["content-type"] == ["text/event-stream"]:
        # OpenAPI 3.1 describes the stream as one text; schemathesis would hold each event to that.
        case.validate_response(response, checks=CHECKS, excluded_checks=[checks.response_schema_conformance])
    else:
        case.validate_response(response, checks=CHECKS)


def test_the_served_document_is_the_printed_one(gateway):
    with gateway.client() as client:
        assert client.get("/openapi.json").json() == document.raw_schema


@document.parametrize()
@bounded
def test_every_route_answers_as_documented(case, gateway, caller, leaver):
    ends_all = case.method == "DELETE" and case.path == "/auth/sessions"
    if ends_all or case.path.endswith("/auth/logout"):
        leaver.login()
        ask(case, gateway, leaver)
    else:
        ask(case, gateway, caller)


@document.include(path_regex="{sid}").parametrize()
@bounded
def test_routes_of_a_session_answer_as_documented_when_there_is_one(case, gateway, caller):
    if not caller.session or case.method == "DELETE":
        caller.session = caller.open_session()
    case.path_parameters = {"id": AGENT, "sid": caller.session}
    if isinstance(case.body, dict) and isinstance(case.body.get("model"), str):
        # A made-up name would end every chat before it begins.
        case.body["model"] = "haiku"
    ask(case, gateway, caller)
