"""Judge the attestation of a Sealgate gateway without trusting the gateway.

Written from the page "Verifying a gateway, to the byte" alone, as a stranger would. A *bundle* is what
`GET /api/attestation/report` answers: an AMD SEV-SNP report, the certificates behind its signature and a statement
that the report commits to. Every check is listed by name in the verdict: passed, failed with a reason, or not checked.
Nothing is believed because of where it came from; what surprises the verifier refuses the evidence.

Usage: attestation_verifier.py FILE_OR_URL [--nonce HEX] [--measurement HEX] [--gateway ORIGIN] [--root SHA256]
Exit status: 0 trusted, 1 refused, 2 no evidence to judge.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import http.client
import json
import re
import secrets
import sys
import urllib.parse
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from attestation_evidence import (
    AMD_ROOTS,
    Certificates,
    Checklist,
    Report,
    THUMBPRINT_MEMBERS,
    Verdict,
    from_base64,
    from_hex,
    judge_evidence,
    member,
    require,
)


def read_report_bytes(bundle: Mapping[str, Any]) -> bytes:
    """The member `report`."""
    return from_base64(member(bundle, "report", str))


def from_pem(text: str, count: int) -> list[bytes]:
    """DER of exactly so many certificates, with nothing around them."""
    block = r"-----BEGIN CERTIFICATE-----\s([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*"
    require(re.fullmatch(f"(?:{block}){{{count}}}", text) is not None, f"not {count} certificate(s) in PEM")
    return [from_base64("".join(body.split())) for body in re.findall(block, text)]


def read_certificates(bundle: Mapping[str, Any]) -> Certificates:
    """The member `certificates`: a VCEK or a VLEK, never both, and what stands above it."""
    given = member(bundle, "certificates", dict)
    kinds = [kind for kind in ("vcek", "vlek") if given.get(kind) is not None]
    require(len(kinds) == 1, "not exactly one of `vcek` and `vlek`")
    (vek,) = from_pem(member(given, kinds[0], str), 1)
    intermediate, root = from_pem(member(given, "chain", str), 2)
    crl = None if given.get("crl") is None else from_base64(member(given, "crl", str))
    return Certificates(kinds[0], vek, intermediate, root, crl)


def read_profile(bundle: Mapping[str, Any]) -> str:
    """What REPORT_DATA is made of."""
    profile = member(bundle, "profile", str)
    require(profile in ("sealgate/1", "agent-gateway/1"), f"unknown profile {profile}")
    return profile


class Number(str):
    """A JSON number in its own digits: none is needed, and none may be altered by reading it."""


def canonical(value: Any) -> str:
    """RFC 8785, but for the digits of numbers, which are taken as they stand."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        # RFC 8785 sorts by UTF-16 code units, which is not the order of code points beyond the basic plane.
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(value[name])}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def read_statement(bundle: Mapping[str, Any]) -> dict[str, Any]:
    """Canonical form leaves one reading only: a repeated member or odd spacing does not survive the comparison."""
    text = member(bundle, "statement", str)
    statement = json.loads(text, parse_int=Number, parse_float=Number)
    require(isinstance(statement, dict), "the statement is no JSON object")
    require(canonical(statement) == text, "the statement is not canonical JSON")
    return statement


def check_statement_form(statement: Mapping[str, Any]) -> str:
    """Members that stand for themselves. `issuedAt` is the guest's own word: an age, not a proof."""
    for name, wanted in (("type", "sealgate-statement/1"), ("profile", "sealgate/1")):
        require(member(statement, name, str) == wanted, f"`{name}` is {statement[name]}")
    code_hash = from_hex(member(statement, "codeHash", str), 32).hex()
    issued = member(statement, "issuedAt", str)
    require(re.fullmatch(r"[0-9-]{10}T[0-9:]{8}(\.[0-9]+)?Z", issued) is not None, f"`issuedAt` is {issued}")
    datetime.fromisoformat(issued)
    return f"issued at {issued}, program {code_hash}"


def check_statement_hash(bundle: Mapping[str, Any], report: Report) -> None:
    """What ties every word of the statement to the hardware."""
    digest = hashlib.sha256(member(bundle, "statement", str).encode()).digest()
    require(digest == report.octets("REPORT_DATA")[:32], "REPORT_DATA 0-31 is not the statement's SHA-256")


def check_gateway(statement: Mapping[str, Any], gateway: str) -> None:
    """Evidence of some other gateway is genuine, and of no use."""
    origin = member(statement, "gateway", str)
    require(origin == gateway, f"the statement is {origin}'s")


def thumbprint(key: Mapping[str, Any]) -> str:
    """RFC 7638, in base64url."""
    names = THUMBPRINT_MEMBERS.get(member(key, "kty", str))
    require(names is not None, f"unknown kind of key {key['kty']}")
    text = json.dumps({name: member(key, name, str) for name in names}, separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def read_thumbprints(holder: Mapping[str, Any]) -> list[str]:
    """Thumbprints of a key set, in its order, computed here: what a `kid` says does not matter."""
    thumbprints = [thumbprint(key) for key in member(holder, "keys", list)]
    require(0 < len(thumbprints) == len(set(thumbprints)), "no keys, or the same key twice")
    return thumbprints


def check_key_in_report(thumbprints: list[str], report: Report) -> str:
    """The hardware names the active key by half of its thumbprint."""
    raw = base64.urlsafe_b64decode(thumbprints[0] + "=")
    require(raw[:16] == report.octets("REPORT_DATA")[32:48], "REPORT_DATA 32-47 does not name the first key")
    return thumbprints[0]


def check_key_set(statement: Mapping[str, Any], thumbprints: list[str]) -> None:
    """A key that is served and not named in the statement could be anybody's."""
    require(member(statement, "activeKey", str) == thumbprints[0], "`activeKey` is not the first key of `jwks`")
    named = member(statement, "keys", list)
    require(sorted(named) == sorted(thumbprints), "`keys` are not the keys of `jwks`")
    commitment = hashlib.sha256("\n".join(sorted(thumbprints)).encode()).hexdigest()
    require(member(statement, "keySetCommitment", str) == commitment, f"`keySetCommitment` is not {commitment}")


def check_served_keys(thumbprints: list[str], jwks: Mapping[str, Any]) -> None:
    """The keys that tokens are verified with are those of the evidence. Order is the server's affair."""
    require(set(read_thumbprints(jwks)) == set(thumbprints), "the served key set is another one")


def read_tls_key(statement: Mapping[str, Any]) -> bytes:
    """SHA-256 of the TLS key that the guest holds, or nothing where TLS ends outside or by a file."""
    tls = member(statement, "tls", dict)
    source = member(tls, "source", str)
    require(source in ("none", "file", "inside"), f"TLS source {source}")
    return from_hex(member(tls, "spkiSha256", str), 32) if source == "inside" else b""


def check_tls_key(bound: bytes, served: bytes) -> None:
    """Otherwise somebody else's TLS stands between you and the guest."""
    require(bound == served, "the connection was served with another key")


def read_nonce_root(statement: Mapping[str, Any], report: Report) -> bytes:
    """The root of the nonces in the report; nothing in a boot report."""
    bound = report.octets("REPORT_DATA")[48:]
    require("nonceRoot" in statement, "`nonceRoot` is missing")
    if statement["nonceRoot"] is None:
        require(not any(bound), "`nonceRoot` is null and REPORT_DATA 48-63 is not zero")
        return b""
    root = from_hex(member(statement, "nonceRoot", str), 32)
    require(root[:16] == bound, "REPORT_DATA 48-63 is not the first half of `nonceRoot`")
    return root


def merkle_root(nonce: bytes, position: int, size: int, path: list[bytes]) -> bytes:
    """Climb an RFC 6962 tree. The prefixes keep a node from being passed off as a leaf."""
    require(0 <= position < size, f"leaf {position} of {size}")
    current, last, left = hashlib.sha256(b"\0" + nonce).digest(), size - 1, list(path)
    while last > 0:
        if position % 2 or position < last:
            require(bool(left), "the path is too short")
            sibling = left.pop(0)
            pair = sibling + current if position % 2 else current + sibling
            current = hashlib.sha256(b"\1" + pair).digest()
        position, last = position // 2, last // 2
    require(not left, "the path is too long")
    return current


def check_inclusion(bundle: Mapping[str, Any], root: bytes) -> str:
    """The nonce that the bundle names is one of those that the report was made over."""
    if not root:
        require(bundle.get("nonce") is None and bundle.get("inclusion") is None, "a nonce that the report is not over")
        return "no nonce: proves the key, not that anybody is alive"
    nonce = from_hex(member(bundle, "nonce", str), 16, 64)
    inclusion = member(bundle, "inclusion", dict)
    path = [from_hex(step, 32) for step in member(inclusion, "path", list)]
    index, size = member(inclusion, "leafIndex", int), member(inclusion, "treeSize", int)
    require(merkle_root(nonce, index, size, path) == root, "the path does not lead to `nonceRoot`")
    return f"leaf {index} of {size}"


def check_own_nonce(bundle: Mapping[str, Any], nonce: bytes) -> None:
    """Only a nonce that you chose yourself says when the report was made."""
    require(16 <= len(nonce) <= 64, f"a nonce of {len(nonce)} bytes")
    require(bundle.get("nonce") == nonce.hex(), "the bundle answers another nonce")


def check_measurement(report: Report, measurement: bytes) -> None:
    """Which code was launched."""
    found = report.octets("MEASUREMENT")
    require(found == measurement, f"MEASUREMENT is {found.hex()}")


def check_code_profile(bundle: Mapping[str, Any], report: Report) -> str:
    """Profile agent-gateway/1 has no statement and binds no nonce: REPORT_DATA is all there is."""
    present = [name for name in ("statement", "nonce", "inclusion") if bundle.get(name) is not None]
    require(not present, f"{', '.join(present)} in profile agent-gateway/1")
    data = report.octets("REPORT_DATA")
    require(not any(data[48:]), "REPORT_DATA 48-63 is not zero")
    return f"program {data[:32].hex()}"


def judge_statement(
    checks: Checklist,
    bundle: Mapping[str, Any],
    report: Report | None,
    thumbprints: list[str] | None,
    gateway: str | None,
    tls_spki_sha256: bytes | None,
) -> None:
    """Profile sealgate/1: what the guest says of itself."""
    statement = checks.run("statement.json", read_statement, bundle)
    checks.run("statement.form", check_statement_form, statement)
    checks.run("statement.hash", check_statement_hash, bundle, report)
    checks.compare("statement.gateway", check_gateway, gateway, statement)
    checks.run("keys.statement", check_key_set, statement, thumbprints)
    tls_key = checks.run("tls.statement", read_tls_key, statement)
    if tls_key == b"":
        checks.leave_out("tls.connection", "the statement binds no TLS key")
    else:
        checks.compare("tls.connection", check_tls_key, tls_spki_sha256, tls_key)
    nonce_root = checks.run("nonce.root", read_nonce_root, statement, report)
    checks.run("nonce.inclusion", check_inclusion, bundle, nonce_root)


def verify_bundle(
    bundle: dict[str, Any],
    *,
    nonce: bytes | None,
    jwks: dict[str, Any] | None,
    gateway: str | None,
    now: datetime,
    roots: set[str] | frozenset[str] = AMD_ROOTS,
    measurement: bytes | None = None,
    tls_spki_sha256: bytes | None = None,
) -> Verdict:
    """Judge a whole bundle. What is None is not compared; the verdict says so."""
    checks = Checklist()
    profile = checks.run("bundle.profile", read_profile, bundle)
    raw = checks.run("bundle.report", read_report_bytes, bundle)
    given = checks.run("bundle.certificates", read_certificates, bundle)
    report = judge_evidence(checks, raw, given, now, roots)
    checks.compare("policy.measurement", check_measurement, measurement, report)
    key_set = checks.run("keys.form", member, bundle, "jwks", dict)
    thumbprints = checks.run("keys.thumbprints", read_thumbprints, key_set)
    checks.run("keys.active", check_key_in_report, thumbprints, report)
    checks.compare("keys.served", check_served_keys, jwks, thumbprints)
    if profile == "agent-gateway/1":
        checks.run("bundle.code-profile", check_code_profile, bundle, report)
    else:
        judge_statement(checks, bundle, report, thumbprints, gateway, tls_spki_sha256)
    checks.compare("nonce.own", check_own_nonce, nonce, bundle)
    return checks.verdict()


# --- the command line -----------------------------------------------------------------------------------------------


def fetch(url: str) -> tuple[dict[str, Any], bytes | None]:
    """A JSON object, and the SHA-256 of the key that the connection was served with. Redirects are not followed."""
    parts = urllib.parse.urlsplit(url)
    secure = parts.scheme == "https"
    connection = (http.client.HTTPSConnection if secure else http.client.HTTPConnection)(parts.netloc, timeout=30)
    connection.request("GET", urllib.parse.urlunsplit(("", "", parts.path, parts.query, "")))
    served = connection.sock.getpeercert(binary_form=True) if secure else None
    response = connection.getresponse()
    body = response.read(1 << 20)
    connection.close()
    if response.status != 200:
        raise OSError(f"{url} answers {response.status}")
    return json.loads(body), served and spki_sha256(served)


def spki_sha256(der: bytes) -> bytes:
    """SHA-256 of a certificate's SubjectPublicKeyInfo."""
    key = x509.load_der_x509_certificate(der).public_key()
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()


def gather(source: str, nonce: bytes | None) -> dict[str, Any]:
    """What `verify_bundle` compares, from a file or from the gateway itself."""
    if not source.startswith(("https://", "http://")):
        with open(source, encoding="utf-8") as file:
            return {"bundle": json.load(file), "nonce": nonce, "jwks": None, "gateway": None}
    parts = urllib.parse.urlsplit(source)
    origin = f"{parts.scheme}://{parts.netloc}"
    if parts.path in ("", "/"):
        nonce = nonce or secrets.token_bytes(32)
        source = f"{origin}/api/attestation/report"
    if nonce:
        source += ("&" if parts.query else "?") + f"nonce={nonce.hex()}"
    bundle, tls_key = fetch(source)
    jwks, _ = fetch(f"{origin}/.well-known/jwks.json")
    return {"bundle": bundle, "nonce": nonce, "jwks": jwks, "gateway": origin, "tls_spki_sha256": tls_key}


def table(verdict: Verdict) -> str:
    """One line for each check, and the verdict last."""
    lines = [f"{check.state.value:<12} {check.name:<30} {check.reason}".rstrip() for check in verdict.checks]
    return "\n".join([*lines, "", "TRUSTED" if verdict.trusted else "REFUSED"])


def main(arguments: list[str]) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description="Judge the attestation of a Sealgate gateway.")
    parser.add_argument("source", metavar="FILE_OR_URL", help="a bundle, or the origin of a gateway to ask")
    parser.add_argument("--nonce", type=bytes.fromhex, help="the nonce that you asked with, or are to ask with")
    parser.add_argument("--measurement", type=bytes.fromhex, help="the MEASUREMENT of the release that you trust")
    parser.add_argument("--gateway", help="the gateway's public origin, if it is not that of the URL")
    parser.add_argument("--root", action="append", help="SHA-256 of a root to trust in place of AMD's (test rigs)")
    options = parser.parse_args(arguments)
    try:
        known = gather(options.source, options.nonce)
    except (OSError, ValueError, http.client.HTTPException) as error:
        print(f"no evidence: {error}", file=sys.stderr)
        return 2
    known["gateway"] = options.gateway or known["gateway"]
    roots = set(options.root or AMD_ROOTS)
    verdict = verify_bundle(**known, now=datetime.now(UTC), roots=roots, measurement=options.measurement)
    print(table(verdict))
    return 0 if verdict.trusted else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
