"""GitHub workflows: a key server of the test's own, tokens by PyJWT and jwcrypto."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwcrypto import jwk
from jwcrypto import jwt as jwcrypto_jwt

from support.gateway import ORIGIN
from support.wallet import Wallet

ISSUER = "https://token.actions.githubusercontent.com"


class Issuer:
    """Signs as GitHub does, and serves its keys."""

    def __init__(self):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.looks = 0
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802
                issuer.looks += 1
                body = json.dumps({"keys": [issuer.public()]}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def keys_url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/keys"

    def public(self) -> dict:
        full = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {name: full[name] for name in ("kty", "n", "e")} | {"kid": "one", "alg": "RS256", "use": "sig"}

    def claims(self, **changes) -> dict:
        now = int(time.time())
        claims = {
            "iss": ISSUER, "aud": ORIGIN, "sub": "repo:octo-org/octo-repo:ref:refs/heads/main",
            "repository": "octo-org/octo-repo", "repository_id": "74", "ref": "refs/heads/main",
            "jti": str(time.monotonic_ns()), "iat": now, "nbf": now - 60, "exp": now + 300,
        }  # fmt: skip
        return claims | changes

    def token(self, **changes) -> str:
        return jwt.encode(self.claims(**changes), self.key, algorithm="RS256", headers={"kid": "one", "x5t": "t"})


@pytest.fixture(scope="module")
def issuer():
    issuer = Issuer()
    yield issuer
    issuer.server.shutdown()
    issuer.server.server_close()


@pytest.fixture(scope="module")
def hub(start_gateway, issuer):
    return start_gateway(
        SEALGATE_GITHUB_OIDC=ISSUER, SEALGATE_GITHUB_JWKS=issuer.keys_url, SEALGATE_EGRESS_ALLOW="127.0.0.0/8"
    )


@pytest.fixture
def owner(hub):
    wallet = Wallet(hub)
    wallet.login()
    return wallet


def register(owner, repository="octo-org/octo-repo", **more):
    body = {"repository": repository, "permissions": ["wallet:read"]} | more
    made = owner.request("POST", "/auth/github/repositories", json=body)
    assert made.status_code == 201, made.text
    return made.json()


def exchange(owner, token, repository="octo-org/octo-repo", wallet=True):
    body = {"token": token, "repository": repository}
    return owner.client.post("/auth/github/exchange", json=body | ({"walletAddress": owner.address} if wallet else {}))


def test_a_run_acts_for_the_wallet_that_registered_its_repository(owner, issuer):
    registered = register(owner)
    token = issuer.token()
    grant = exchange(owner, token)
    assert grant.is_success, grant.text
    headers = {"Authorization": f"Bearer {grant.json()['token']}"}
    assert owner.client.get("/wallet/balance", headers=headers).json()["walletAddress"] == owner.address.lower()
    assert owner.client.put("/wallet/settings", json={}, headers=headers).status_code == 403
    assert exchange(owner, token).json()["error"] == "TOKEN_USED"
    assert owner.get("/auth/github/repositories")["repositories"][0]["repositoryId"] == "74"
    assert owner.request("DELETE", f"/auth/github/repositories/{registered['id']}").is_success
    assert owner.client.get("/wallet/balance", headers=headers).json()["error"] == "SESSION_REVOKED"


def test_jwcrypto_signs_as_well(owner, issuer):
    register(owner)
    key = jwk.JWK.from_pyca(issuer.key)
    token = jwcrypto_jwt.JWT(header={"alg": "RS256", "kid": "one", "typ": "JWT"}, claims=issuer.claims())
    token.make_signed_token(key)
    assert exchange(owner, token.serialize()).is_success


REFUSED = {
    "another audience": (401, "TOKEN_MALFORMED", {"aud": "https://evil.example"}),
    "another issuer": (401, "TOKEN_MALFORMED", {"iss": "https://evil.example"}),
    "expired": (401, "TOKEN_EXPIRED", {"exp": 1_700_000_000}),
    "another repository": (403, "repository_mismatch", {"repository": "octo-org/other"}),
    "a name that another has taken": (403, "repository_changed", {"repository_id": "75"}),
    "another ref": (403, "repository_not_registered", {"ref": "refs/heads/evil"}),
}


@pytest.mark.parametrize("status, code, changes", REFUSED.values(), ids=REFUSED.keys())
def test_a_token_that_is_wrong_in_one_way_opens_nothing(owner, issuer, status, code, changes):
    register(owner, repositoryId="74", ref="refs/heads/main")
    answer = exchange(owner, issuer.token(**changes))
    assert (answer.status_code, answer.json()["error"]) == (status, code), answer.text


def test_another_key_or_algorithm_opens_nothing(owner, issuer):
    register(owner)
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    header = {"kid": "one"}
    forged = {
        "SIGNATURE_INVALID": jwt.encode(issuer.claims(), other, algorithm="RS256", headers=header),
        "TOKEN_MALFORMED": jwt.encode(issuer.claims(), issuer.public()["n"], algorithm="HS256", headers=header),
    }
    for code, token in forged.items():
        assert exchange(owner, token).json()["error"] == code
    looks = issuer.looks
    for number in range(5):
        unknown = jwt.encode(issuer.claims(), other, algorithm="RS256", headers={"kid": f"unknown {number}"})
        assert exchange(owner, unknown).json()["error"] == "SIGNATURE_INVALID"
    assert issuer.looks <= looks + 1


def test_two_wallets_that_registered_one_repository_are_told_apart(owner, issuer, hub):
    other = Wallet(hub)
    other.login()
    for wallet in (owner, other):
        register(wallet, "octo-org/shared")
    token = issuer.token(repository="octo-org/shared")
    assert exchange(owner, token, "octo-org/shared", wallet=False).json()["error"] == "ambiguous_repository"
    assert exchange(other, token, "octo-org/shared").json()["walletAddress"] == other.address.lower()


def test_without_the_setting_there_is_no_exchange(wallet, issuer):
    answer = exchange(wallet, issuer.token())
    assert (answer.status_code, answer.json()["error"]) == (404, "github_oidc_off")
