"""Tokens are ordinary: PyJWT and jwcrypto verify them from the published keys, and altered ones open nothing."""

import base64
import json
import time
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwcrypto import jwk
from jwcrypto import jwt as jwcrypto_jwt

from support.gateway import ORIGIN


@pytest.fixture(scope="module")
def keys(shared_gateway):
    with shared_gateway.client() as client:
        response = client.get("/.well-known/jwks.json")
        assert response.status_code == 200
        return response.json()


def test_pyjwt_verifies_a_token_by_its_key_id(gateway, wallet):
    source = jwt.PyJWKClient(f"{gateway.address}/.well-known/jwks.json")
    key = source.get_signing_key_from_jwt(wallet.token)
    claims = jwt.decode(wallet.token, key, algorithms=["ES256"], audience=ORIGIN, issuer=ORIGIN)
    assert claims["sub"] == claims["walletAddress"] == wallet.address.lower()
    assert claims["exp"] - claims["iat"] == 24 * 3600
    assert claims["expiresAt"] // 1000 == claims["exp"]
    assert abs(claims["iat"] - time.time()) < 60


def test_jwcrypto_verifies_the_same_token(keys, wallet):
    published = jwk.JWKSet.from_json(json.dumps(keys))
    parties = {"aud": ORIGIN, "iss": ORIGIN}
    token = jwcrypto_jwt.JWT(jwt=wallet.token, key=published, algs=["ES256"], check_claims=parties)
    assert json.loads(token.claims)["sub"] == wallet.address.lower()


def test_the_published_key_is_public_and_named_by_its_thumbprint(keys):
    key = keys["keys"][0]
    assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("EC", "P-256", "ES256", "sig")
    assert "d" not in key
    assert jwk.JWK(**key).thumbprint() == key["kid"]


def altered(token: str, part: int, change) -> str:
    parts = token.split(".")
    value = json.loads(base64.urlsafe_b64decode(parts[part] + "=="))
    change(value)
    parts[part] = base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
    return ".".join(parts)


def forged(token: str, key, algorithm: str = "ES256", **claims) -> str:
    """A token with the same claims and key id, signed by somebody else."""
    genuine = jwt.decode(token, options={"verify_signature": False})
    header = jwt.get_unverified_header(token)
    names = {"kid": header["kid"], "typ": header["typ"]}
    return jwt.encode(genuine | claims, key, algorithm=algorithm, headers=names)


def other_wallet(claims: dict) -> None:
    claims["sub"] = claims["walletAddress"] = "0x" + "11" * 20


def cut_signature(token: str) -> str:
    return token[: token.rindex(".") + 1]


def other_signature(token: str) -> str:
    head, signature = token.rsplit(".", 1)
    return head + "." + ("B" if signature[0] == "A" else "A") + signature[1:]


INVALID = {
    "another wallet": lambda token: altered(token, 1, other_wallet),
    "a later end": lambda token: altered(token, 1, lambda claims: claims.update(exp=claims["exp"] + 1)),
    "another key's signature": lambda token: forged(token, ec.generate_private_key(ec.SECP256R1())),
    "another signature": other_signature,
    "no signature": cut_signature,
}
MALFORMED = {
    "no algorithm": lambda token: cut_signature(altered(token, 0, lambda head: head.update(alg="none"))),
    "an HMAC": lambda token: forged(token, "0" * 64, "HS256"),
    "another type": lambda token: altered(token, 0, lambda head: head.update(typ="JWT")),
    "a space": lambda token: token + " x",
    "four parts": lambda token: token + ".AA",
    "two parts": lambda token: token.rsplit(".", 1)[0],
    "padding": lambda token: token + "=",
    "no token": lambda token: "x",
    "oversized": lambda token: token + "A" * 9_000,
    "a wallet token of nobody": lambda token: "mcpwt_e30",
}


@pytest.mark.parametrize("forgery", INVALID.values(), ids=INVALID.keys())
def test_a_token_that_we_did_not_sign_opens_nothing(wallet, forgery):
    wallet.token = forgery(wallet.token)
    response = wallet.request("GET", "/wallet/balance")
    assert (response.status_code, response.json()["error"]) == (401, "SIGNATURE_INVALID"), response.text


@pytest.mark.parametrize("forgery", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_no_token_of_ours_opens_nothing(wallet, forgery):
    wallet.token = forgery(wallet.token)
    response = wallet.request("GET", "/wallet/balance")
    assert (response.status_code, response.json()["error"]) == (401, "TOKEN_MALFORMED"), response.text


@pytest.mark.parametrize("header", [None, "", "Bearer", "Basic dTpw", "bearer"])
def test_no_token_is_401(gateway, header):
    with gateway.client() as client:
        headers = {} if header is None else {"Authorization": header}
        response = client.get("/wallet/balance", headers=headers)
        assert response.status_code == 401
        assert response.headers["www-authenticate"].startswith("Bearer")


def test_a_wallet_token_is_made_from_a_signature_and_works(wallet):
    expires = (datetime.now(UTC) + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    query = {"walletAddress": wallet.address, "expiresAt": expires}
    message = wallet.client.get("/api/auth/token-message", params=query).raise_for_status().json()["message"]
    assert wallet.address in message and expires in message
    made = wallet.client.post("/api/auth/create-token", json=query | {"signature": wallet.sign(message)})
    assert made.is_success, made.text
    assert made.json()["token"].startswith("mcpwt_")
    wallet.token = made.json()["token"]
    assert wallet.get("/wallet/balance")["walletAddress"] == wallet.address.lower()


def test_a_wallet_token_is_not_made_from_another_text(wallet):
    expires = (datetime.now(UTC) + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    body = {"walletAddress": wallet.address, "expiresAt": expires, "signature": wallet.sign("another text")}
    assert wallet.client.post("/api/auth/create-token", json=body).status_code == 401
