"""Seals a secret to a gateway's key, written from vault/README.md alone.

HPKE (RFC 9180) in base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM; one text, no associated data.
"""

import base64
import hashlib
import hmac
import json

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEM = b"KEM" + (0x0020).to_bytes(2)
SUITE = b"HPKE" + (0x0020).to_bytes(2) + (0x0001).to_bytes(2) + (0x0002).to_bytes(2)


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def length_prefixed(*fields: bytes) -> bytes:
    return b"".join(len(field).to_bytes(2) + field for field in fields)


def extract(salt: bytes, input_key: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), input_key, "sha256")


def expand(key: bytes, info: bytes, count: int) -> bytes:
    block, output = b"", b""
    for number in range(1, -(-count // 32) + 1):
        block = hmac.digest(key, block + info + bytes([number]), "sha256")
        output += block
    return output[:count]


def labeled_extract(suite: bytes, salt: bytes, label: bytes, input_key: bytes) -> bytes:
    return extract(salt, b"HPKE-v1" + suite + label + input_key)


def labeled_expand(suite: bytes, key: bytes, label: bytes, info: bytes, count: int) -> bytes:
    return expand(key, count.to_bytes(2) + b"HPKE-v1" + suite + label + info, count)


def thumbprint(public_key: bytes) -> str:
    """RFC 7638 over the key as an OKP JWK."""
    members = {"crv": "X25519", "kty": "OKP", "x": base64url(public_key)}
    return base64url(hashlib.sha256(json.dumps(members, separators=(",", ":")).encode()).digest())


def information(public_key: bytes, address: str, session: str, purpose: str, nonce: str) -> bytes:
    return length_prefixed(
        b"sealgate/vault-sealed/v1",
        public_key,
        bytes.fromhex(address[2:]),
        session.encode(),
        purpose.encode(),
        nonce.encode(),
    )


def key_schedule(public_key: bytes, info: bytes, ephemeral: X25519PrivateKey) -> tuple[bytes, bytes, bytes]:
    """`enc`, the key and the nonce of the first text."""
    enc = ephemeral.public_key().public_bytes_raw()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(public_key))
    prk = labeled_extract(KEM, b"", b"eae_prk", shared)
    shared_secret = labeled_expand(KEM, prk, b"shared_secret", enc + public_key, 32)
    context = (
        b"\0" + labeled_extract(SUITE, b"", b"psk_id_hash", b"") + labeled_extract(SUITE, b"", b"info_hash", info)
    )
    root = labeled_extract(SUITE, shared_secret, b"secret", b"")
    nonce = labeled_expand(SUITE, root, b"base_nonce", context, 12)
    return enc, labeled_expand(SUITE, root, b"key", context, 32), nonce


def sealed_member(
    secret: bytes, public_key: bytes, address: str, session: str, purpose: str, nonce: str
) -> dict[str, str]:
    """What goes into a request in place of the secret."""
    info = information(public_key, address, session, purpose, nonce)
    enc, key, nonce = key_schedule(public_key, info, X25519PrivateKey.generate())
    ciphertext = AESGCM(key).encrypt(nonce, secret, b"")
    return {"enc": base64url(enc), "ciphertext": base64url(ciphertext), "recipient": thumbprint(public_key)}
