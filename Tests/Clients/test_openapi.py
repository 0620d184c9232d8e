"""schemathesis asks every route what its document allows and what it forbids: no 5xx, and answers as documented."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from support.wallet import Wallet

EXAMPLES_A_ROUTE = 20
"""All routes together take about two minutes."""

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]


@pytest.fixture(scope="module")
def document(shared_gateway):
    schema = schemathesis.openapi.from_url(shared_gateway.address + "/openapi.json")
    return schema


@pytest.fixture(scope="module")
def caller(shared_gateway):
    return Wallet.ready(shared_gateway)


api = schemathesis.pytest.from_fixture("document")


@api.parametrize()
@settings(
    max_examples=EXAMPLES_A_ROUTE,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_route_answers_as_documented(case, caller):
    if case.path == "/auth/logout":
        # The others still need the session.
        caller.login()
    response = case.call(headers={"Authorization": f"Bearer {caller.token}"}, timeout=20)
    case.validate_response(response, checks=CHECKS)
