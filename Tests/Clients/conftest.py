import pytest

from support.gateway import Gateway
from support.postgresql import fresh_database
from support.simulator import Simulator
from support.wallet import Wallet


ON_BOTH_ENGINES = {"test_chat", "test_login", "test_money", "test_tokens", "test_vault"}
"""The journeys whose shared gateway is once on SQLite and once on PostgreSQL."""


def pytest_generate_tests(metafunc):
    if "shared_gateway" in metafunc.fixturenames:
        engines = ["sqlite"]
        if metafunc.module.__name__ in ON_BOTH_ENGINES:
            engines.append("postgresql")
        metafunc.parametrize("shared_gateway", engines, indirect=True, scope="session")


@pytest.fixture(scope="session")
def simulator():
    simulator = Simulator()
    yield simulator
    simulator.stop()


@pytest.fixture(scope="session")
def start_gateway(simulator, tmp_path_factory):
    """Starts gateways of their own for tests that stop, crash or configure them."""
    running: list[Gateway] = []

    def start(**settings: str) -> Gateway:
        gateway = Gateway(tmp_path_factory.mktemp("data"), simulator.address, **settings)
        running.append(gateway)
        return gateway

    yield start
    for gateway in running:
        gateway.close()


@pytest.fixture(scope="session")
def shared_gateway(start_gateway, request):
    """The gateway of all tests that only talk to it."""
    settings = {"SEALGATE_DATABASE": fresh_database()} if request.param == "postgresql" else {}
    gateway = start_gateway(**settings)
    yield gateway
    assert gateway.service.process.poll() is None, f"the gateway has died:\n{gateway.service.transcript}"


@pytest.fixture
def gateway(shared_gateway):
    return shared_gateway


@pytest.fixture
def fresh_gateway(start_gateway):
    """A gateway that a test may stop, kill and start again."""
    return start_gateway()


@pytest.fixture
def wallet(gateway):
    """A wallet with a stored key and 5 USDC."""
    return Wallet.ready(gateway)


@pytest.fixture
def session(wallet):
    return wallet.open_session()
