"""Tokens that are bound to a key (RFC 9449), with proofs made by PyJWT and by jwcrypto."""

import base64
import hashlib
import json
import secrets
import time
from concurrent.futures import ThreadPoolExecutor

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwcrypto import jwk as jwcrypto_jwk
from jwcrypto import jwt as jwcrypto_jwt

from support.gateway import ORIGIN
from support.wallet import Wallet

CALLERS = 50
ROUTE = "/wallet/balance"


class Holder:
    """Whoever holds the private key."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.jwk = jwcrypto_jwk.JWK.from_pyca(self.key)
        self.public = json.loads(self.jwk.export_public())

    @property
    def thumbprint(self) -> str:
        return self.jwk.thumbprint()

    def claims(self, method: str, path: str, token: str | None = None, **changes) -> dict:
        claims = {"jti": secrets.token_urlsafe(16), "htm": method, "htu": ORIGIN + path, "iat": int(time.time())}
        if token:
            digest = hashlib.sha256(token.encode()).digest()
            claims["ath"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return claims | changes

    def proof(self, method: str, path: str, token: str | None = None, header: dict | None = None, **changes) -> str:
        public = {name: self.public[name] for name in ("kty", "crv", "x", "y")}
        words = {"typ": "dpop+jwt", "jwk": public} | (header or {})
        return jwt.encode(self.claims(method, path, token, **changes), self.key, algorithm="ES256", headers=words)


@pytest.fixture
def holder():
    return Holder()


@pytest.fixture
def bound(gateway, holder):
    """A wallet whose token is bound to the holder's key."""
    wallet = Wallet(gateway)
    grant = login(wallet, holder.proof("POST", "/auth/verify"))
    assert grant.status_code == 200, grant.text
    assert grant.json()["token_type"] == "DPoP"
    wallet.token = grant.json()["token"]
    return wallet


def login(wallet: Wallet, proof: str, prefix: str = ""):
    challenge = wallet.challenge(prefix)
    body = {
        "walletAddress": wallet.address,
        "nonce": challenge["nonce"],
        "signature": wallet.sign(challenge["message"]),
    }
    return wallet.client.post(f"{prefix}/auth/verify", json=body, headers={"DPoP": proof})


def ask(wallet: Wallet, proof: str, path: str = ROUTE):
    return wallet.client.get(path, headers={"Authorization": f"DPoP {wallet.token}", "DPoP": proof})


def test_a_token_names_its_key_and_opens_with_a_proof(bound, holder):
    claims = jwt.decode(bound.token, options={"verify_signature": False})
    assert claims["cnf"] == {"jkt": holder.thumbprint}
    for _ in range(3):
        assert ask(bound, holder.proof("GET", ROUTE, bound.token)).status_code == 200


def test_a_proof_by_jwcrypto_is_as_good(bound, holder):
    header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": holder.public}
    token = jwcrypto_jwt.JWT(header=header, claims=holder.claims("GET", ROUTE, bound.token))
    token.make_signed_token(holder.jwk)
    assert ask(bound, token.serialize()).status_code == 200


def test_as_a_bearer_token_it_is_refused(bound):
    response = bound.request("GET", ROUTE)
    assert (response.status_code, response.json()["error"]) == (401, "DPOP_PROOF_REQUIRED")
    assert response.headers["www-authenticate"].startswith("DPoP ")


def test_a_stolen_token_is_worth_nothing_without_the_key(bound):
    thief = Holder()
    response = ask(bound, thief.proof("GET", ROUTE, bound.token))
    assert (response.status_code, response.json()["error"]) == (401, "invalid_dpop_proof")


def test_of_fifty_callers_with_one_proof_one_is_served(gateway, bound, holder):
    proof = holder.proof("GET", ROUTE, bound.token)
    headers = {"Authorization": f"DPoP {bound.token}", "DPoP": proof}

    def call(_) -> int:
        with gateway.client() as client:
            return client.get(ROUTE, headers=headers).status_code

    with ThreadPoolExecutor(CALLERS) as pool:
        assert sorted(pool.map(call, range(CALLERS))) == [200] + [401] * (CALLERS - 1)


REFUSED = {
    "another method": {"htm": "POST"},
    "another path": {"htu": ORIGIN + "/wallet/settings"},
    "another host": {"htu": "https://evil.example" + ROUTE},
    "an old one": {"iat": int(time.time()) - 3_600},
    "one from the future": {"iat": int(time.time()) + 3_600},
    "another token's": {"ath": "AAAA"},
    "no id": {"jti": None},
    "another type": {"header": {"typ": "JWT"}},
    "a key by name": {"header": {"kid": "k"}},
    "no key": {"header": {"jwk": None}},
}


@pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED.keys())
def test_a_proof_of_anything_else_is_refused(bound, holder, changes):
    response = ask(bound, holder.proof("GET", ROUTE, bound.token, **changes))
    assert (response.status_code, response.json()["error"]) == (401, "invalid_dpop_proof")


def test_a_proof_that_shows_its_private_key_is_refused(bound, holder):
    private = json.loads(holder.jwk.export_private())
    response = ask(bound, holder.proof("GET", ROUTE, bound.token, header={"jwk": private}))
    assert response.json()["error"] == "invalid_dpop_proof"


def test_a_proof_without_a_signature_or_by_an_hmac_is_refused(bound, holder):
    claims = holder.claims("GET", ROUTE, bound.token)
    headers = {"typ": "dpop+jwt", "jwk": holder.public}
    for forged in (
        jwt.encode(claims, None, algorithm="none", headers=headers),
        jwt.encode(claims, "0" * 64, algorithm="HS256", headers=headers),
    ):
        assert ask(bound, forged).json()["error"] == "invalid_dpop_proof"


def test_the_address_may_carry_a_query(bound, holder):
    proof = holder.proof("GET", "/wallet/transactions?limit=1", bound.token)
    assert ask(bound, proof, "/wallet/transactions?limit=5").status_code == 200


def test_the_other_spelling_of_login_binds_as_well(gateway, holder):
    wallet = Wallet(gateway)
    assert login(wallet, holder.proof("POST", "/auth/verify"), "/api").status_code == 400
    assert login(wallet, holder.proof("POST", "/api/auth/verify"), "/api").json()["token_type"] == "DPoP"


def test_a_token_without_a_key_is_not_made_better_by_a_proof(wallet, holder):
    response = ask(wallet, holder.proof("GET", ROUTE, wallet.token))
    assert (response.status_code, response.json()["error"]) == (401, "invalid_dpop_proof")
