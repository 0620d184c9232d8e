"""Quotas as a client meets them."""

from support.wallet import Wallet


def test_logins_of_an_address_are_bounded_and_say_so(start_gateway):
    client = start_gateway(SEALGATE_RATE_LIMITS="login.address=4/60").client()
    for left in (3, 2, 1, 0):
        answer = client.get("/auth/challenge")
        assert answer.status_code == 200
        assert answer.headers["RateLimit"].startswith(f'"login-address";r={left};t=')
        assert answer.headers["RateLimit-Policy"] == '"login-address";q=4;w=60'
    refused = client.get("/api/auth/challenge")
    assert (refused.status_code, refused.json()["error"]) == (429, "RATE_LIMITED")
    assert 1 <= int(refused.headers["Retry-After"]) <= 15
    # What balancers and monitors ask is never refused, and other groups have quotas of their own.
    assert client.get("/health").status_code == 200
    assert client.get("/agents").status_code == 200


def test_a_wallets_quota_of_money_survives_a_restart(start_gateway):
    gateway = start_gateway(SEALGATE_RATE_LIMITS="money.wallet=2/3600")
    wallet = Wallet(gateway)
    wallet.login()

    def draw() -> int:
        return wallet.request("POST", "/wallet/faucet", json={"amount": "10000"}).status_code

    assert [draw(), draw(), draw()] == [200, 200, 429]
    gateway.restart()
    wallet.meet(gateway)
    wallet.login()
    assert draw() == 429
