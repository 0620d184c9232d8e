"""The verifier written from the page alone, against bundles forged here, whole and then broken one member at a time."""

import base64
import copy
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import attestation_verifier as verifier
import pytest
from attestation_evidence import FIELDS
from attestation_verifier import Verdict, canonical, merkle_root, read_thumbprints, verify_bundle
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

NOW = datetime(2026, 11, 20, tzinfo=UTC)
NONCE = bytes(range(32))
OTHERS = [bytes([7]) * 16, bytes([8]) * 64, bytes([9]) * 20, bytes([10]) * 32]
ORIGIN = "https://gateway.example"
TLS_KEY = hashlib.sha256(b"tls").digest()
MEASUREMENT = bytes(range(48))
CHIP = b"\x04\x08turinid"[:8]
PSS = padding.PSS(padding.MGF1(hashes.SHA384()), 48)
JWKS = {
    "keys": [
        {"kty": "EC", "crv": "P-256", "x": "AQ", "y": "Ag", "kid": "any", "alg": "ES256"},
        {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
    ]
}


def issue(name: str, key: Any, issuer: str, issuer_key: Any, extensions: list[tuple[Any, bool]]) -> x509.Certificate:
    """A certificate with AMD's profile, under a test key."""
    builder = x509.CertificateBuilder().public_key(key.public_key()).serial_number(1)
    builder = builder.subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
    builder = builder.issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
    builder = builder.not_valid_before(NOW - timedelta(1)).not_valid_after(NOW + timedelta(1))
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(issuer_key, hashes.SHA384(), rsa_padding=PSS)


def raw_extension(arc: str, value: bytes) -> tuple[Any, bool]:
    """One of AMD's extensions."""
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(f"1.3.6.1.4.1.3704.1.{arc}"), value), False


@cache
def authority() -> tuple[Any, list[x509.Certificate]]:
    """The VCEK's key, and the certificates from it to the root."""
    root, middle = rsa.generate_private_key(65537, 2048), rsa.generate_private_key(65537, 2048)
    leaf = ec.generate_private_key(ec.SECP384R1())
    flags = dict.fromkeys(
        "digital_signature content_commitment key_encipherment data_encipherment key_agreement encipher_only "
        "decipher_only crl_sign".split(),
        False,
    )
    usage = (x509.KeyUsage(key_cert_sign=True, **flags), True)
    levels = {1: 1, 2: 2, 3: 3, 8: 81, 9: 1}
    components = [raw_extension(f"3.{arc}", bytes([2, 1, level])) for arc, level in levels.items()]
    return leaf, [
        issue("SEV-VCEK", leaf, "SEV-Turin", middle, [*components, raw_extension("4", CHIP)]),
        issue("SEV-Turin", middle, "ARK-Turin", root, [(x509.BasicConstraints(True, 0), True), usage]),
        issue("ARK-Turin", root, "ARK-Turin", root, [(x509.BasicConstraints(True, None), True), usage]),
    ]


def signed_report(report_data: bytes) -> bytes:
    """A report of version 5 by a Turin."""
    raw = bytearray(1184)
    tcb = bytes([1, 1, 2, 3, 0, 0, 0, 81])
    values = {
        "VERSION": b"\x05",
        "POLICY": (0x30000).to_bytes(8, "little"),
        "SIGNATURE_ALGO": b"\x01",
        "REPORT_DATA": report_data,
        "MEASUREMENT": MEASUREMENT,
        "CPUID": b"\x1a\x02\x01",
        "CHIP_ID": CHIP,
        **dict.fromkeys(("CURRENT_TCB", "REPORTED_TCB", "COMMITTED_TCB", "LAUNCH_TCB"), tcb),
    }
    for name, value in values.items():
        raw[FIELDS[name][0] : FIELDS[name][0] + len(value)] = value
    r, s = utils.decode_dss_signature(authority()[0].sign(bytes(raw[:0x2A0]), ec.ECDSA(hashes.SHA384())))
    raw[0x2A0:0x2D0], raw[0x2E8:0x318] = r.to_bytes(48, "little"), s.to_bytes(48, "little")
    return bytes(raw)


def tree(nonces: list[bytes]) -> bytes:
    """RFC 6962, from its definition and not by way of a path."""
    if len(nonces) == 1:
        return hashlib.sha256(b"\0" + nonces[0]).digest()
    split = 1 << (len(nonces) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + tree(nonces[:split]) + tree(nonces[split:])).digest()


def path(index: int, nonces: list[bytes]) -> list[bytes]:
    """RFC 6962, section 2.1.1."""
    if len(nonces) == 1:
        return []
    split = 1 << (len(nonces) - 1).bit_length() - 1
    if index < split:
        return [*path(index, nonces[:split]), tree(nonces[split:])]
    return [*path(index - split, nonces[split:]), tree(nonces[:split])]


def forge(change: Callable[[dict], Any] = lambda statement: None, boot: bool = False) -> dict[str, Any]:
    """A bundle that passes, unless `change` breaks the statement before it is hashed and signed."""
    nonces = [*OTHERS, NONCE]
    thumbprints = read_thumbprints(JWKS)
    statement = {
        "type": "sealgate-statement/1",
        "profile": "sealgate/1",
        "gateway": ORIGIN,
        "issuedAt": "2026-11-20T00:00:00Z",
        "codeHash": "ab" * 32,
        "activeKey": thumbprints[0],
        "keys": thumbprints,
        "keySetCommitment": hashlib.sha256("\n".join(sorted(thumbprints)).encode()).hexdigest(),
        "tls": {"source": "inside", "spkiSha256": TLS_KEY.hex()},
        "nonceRoot": None if boot else tree(nonces).hex(),
        "unknown": {"é": [1.5, True]},
    }
    change(statement)
    text = canonical(statement)
    active = base64.urlsafe_b64decode(thumbprints[0] + "=")
    half = bytes(16) if boot else tree(nonces)[:16]
    data = hashlib.sha256(text.encode()).digest() + active[:16] + half
    pem = [certificate.public_bytes(Encoding.PEM).decode() for certificate in authority()[1]]
    inclusion = {"leafIndex": 4, "treeSize": 5, "path": [step.hex() for step in path(4, nonces)]}
    return {
        "profile": "sealgate/1",
        "report": base64.b64encode(signed_report(data)).decode(),
        "statement": text,
        "nonce": None if boot else NONCE.hex(),
        "inclusion": None if boot else inclusion,
        "certificates": {"vcek": pem[0], "chain": pem[1] + pem[2]},
        "jwks": copy.deepcopy(JWKS),
    }


def judge(bundle: dict[str, Any], **changes: Any) -> Verdict:
    """The verifier's answer when everything is compared."""
    root = hashlib.sha256(authority()[1][2].public_bytes(Encoding.DER)).hexdigest()
    known = {"nonce": NONCE, "jwks": JWKS, "gateway": ORIGIN, "measurement": MEASUREMENT, "tls_spki_sha256": TLS_KEY}
    return verify_bundle(bundle, **{**known, **changes}, now=NOW, roots={root})


def failed(verdict: Verdict) -> set[str]:
    """Names of the checks that failed."""
    return {failure.name for failure in verdict.failures}


def test_whole_bundle() -> None:
    verdict = judge(forge())
    assert verdict.trusted, verifier.table(verdict)
    assert {c.name for c in verdict.checks if c.optional} == {"chain.revocation"}


def test_boot_report() -> None:
    assert judge(forge(boot=True), nonce=None).trusted
    assert failed(judge(forge(boot=True))) == {"nonce.own"}


def test_root_that_is_not_amds() -> None:
    verdict = verify_bundle(forge(), nonce=None, jwks=None, gateway=None, now=NOW)
    assert failed(verdict) == {"chain.trusted-root"}


def test_code_profile() -> None:
    active = base64.urlsafe_b64decode(read_thumbprints(JWKS)[0] + "=")
    raw = signed_report(b"\xab" * 32 + active[:16] + bytes(16))
    nothing = dict.fromkeys(("statement", "nonce", "inclusion"))
    bundle = {**forge(), **nothing, "profile": "agent-gateway/1", "report": base64.b64encode(raw).decode()}
    assert judge(bundle, nonce=None).trusted
    assert failed(judge(bundle)) == {"nonce.own"}
    assert failed(judge({**bundle, "nonce": NONCE.hex()})) == {"bundle.code-profile"}


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (lambda s: s.update(type="other/1"), {"statement.form"}),
        (lambda s: s.update(codeHash="AB" * 32), {"statement.form"}),
        (lambda s: s.update(issuedAt="2026-13-20T00:00:00Z"), {"statement.form"}),
        (lambda s: s.update(gateway="https://other.example"), {"statement.gateway"}),
        (lambda s: s["keys"].append(s["keys"][0]), {"keys.statement"}),
        (lambda s: s["keys"].pop(), {"keys.statement"}),
        (lambda s: s.update(activeKey=s["keys"][1]), {"keys.statement"}),
        (lambda s: s.update(keySetCommitment="00" * 32), {"keys.statement"}),
        (lambda s: s.update(tls={"source": "inside"}), {"tls.statement"}),
        (lambda s: s.update(tls={"source": "inside", "spkiSha256": "00" * 32}), {"tls.connection"}),
        (lambda s: s.update(tls={"source": "outside"}), {"tls.statement"}),
        (lambda s: s.update(nonceRoot="00" * 32), {"nonce.root"}),
        (lambda s: s.update(nonceRoot=None), {"nonce.root"}),
        (lambda s: s.pop("nonceRoot"), {"nonce.root"}),
    ],
)
def test_statement_that_lies(change: Callable[[dict], Any], names: set[str]) -> None:
    assert failed(judge(forge(change))) == names


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (lambda b: b.update(profile="x"), {"bundle.profile"}),
        (lambda b: b.pop("report"), {"bundle.report"}),
        (lambda b: b.update(report=b["report"] + "\n"), {"bundle.report"}),
        (lambda b: b.pop("jwks"), {"keys.form"}),
        (lambda b: b["jwks"]["keys"].reverse(), {"keys.active", "keys.statement"}),
        (lambda b: b["jwks"]["keys"].pop(), {"keys.statement", "keys.served"}),
        (lambda b: b["jwks"]["keys"].append({"kty": "oct", "k": "AA"}), {"keys.thumbprints"}),
        (lambda b: b.update(statement=b["statement"] + " "), {"statement.json", "statement.hash"}),
        (lambda b: b.update(statement=b["statement"].replace("example", "elsewhere")), None),
        (lambda b: b.update(statement=None), {"statement.json", "statement.hash"}),
        (lambda b: b.update(statement='{"a":NaN}'), {"statement.json", "statement.hash"}),
        (lambda b: b.update(nonce=None), {"nonce.inclusion", "nonce.own"}),
        (lambda b: b.update(nonce=OTHERS[0].hex()), {"nonce.inclusion", "nonce.own"}),
        (lambda b: b["inclusion"].update(leafIndex=3), {"nonce.inclusion"}),
        (lambda b: b["inclusion"].update(leafIndex=True), {"nonce.inclusion"}),
        (lambda b: b["inclusion"].update(treeSize=4), {"nonce.inclusion"}),
        (lambda b: b["inclusion"]["path"].append("00" * 32), {"nonce.inclusion"}),
        (lambda b: b["inclusion"]["path"].clear(), {"nonce.inclusion"}),
        (lambda b: b["certificates"].update(vlek=b["certificates"]["vcek"]), {"bundle.certificates"}),
        (lambda b: b["certificates"].update(chain=b["certificates"]["vcek"]), {"bundle.certificates"}),
        (lambda b: b["certificates"].pop("chain"), {"bundle.certificates"}),
        (lambda b: b["certificates"].update(vlek=b["certificates"].pop("vcek")), {"chain.names"}),
        (lambda b: b["certificates"].update(crl="AAAA"), {"chain.revocation"}),
    ],
)
def test_bundle_that_was_changed(change: Callable[[dict], Any], names: set[str] | None) -> None:
    bundle = forge()
    change(bundle)
    verdict = judge(bundle)
    assert not verdict.trusted
    assert names is None or failed(verdict) == names, verifier.table(verdict)


@pytest.mark.parametrize(
    ("known", "names"),
    [
        ({"nonce": bytes(32)}, {"nonce.own"}),
        ({"nonce": b""}, {"nonce.own"}),
        ({"jwks": {"keys": JWKS["keys"][:1]}}, {"keys.served"}),
        ({"gateway": "https://gateway.example/"}, {"statement.gateway"}),
        ({"measurement": bytes(48)}, {"policy.measurement"}),
        ({"tls_spki_sha256": bytes(32)}, {"tls.connection"}),
    ],
)
def test_other_expectation(known: dict[str, Any], names: set[str]) -> None:
    assert failed(judge(forge(), **known)) == names


@pytest.mark.parametrize("size", range(1, 20))
def test_every_leaf_of_every_tree(size: int) -> None:
    nonces = [bytes([index]) * 16 for index in range(size)]
    for index, nonce in enumerate(nonces):
        assert merkle_root(nonce, index, size, path(index, nonces)) == tree(nonces)


def test_command_line(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bundle.json"
    file.write_text(json.dumps(forge()))
    assert verifier.main([str(file), "--nonce", NONCE.hex()]) == 1
    assert "REFUSED" in capsys.readouterr().out
    assert verifier.main([str(tmp_path / "missing.json")]) == 2


@pytest.mark.parametrize("bundle", [{}, {"profile": "sealgate/1"}, {"certificates": 1, "jwks": [], "report": 0}])
def test_nothing_is_refused(bundle: dict[str, Any]) -> None:
    assert not judge(bundle).trusted
