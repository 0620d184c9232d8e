"""The report and the certificates behind its signature: the first half of attestation_verifier.py.

Every check is listed by name: passed, failed with a reason, or not checked.
"""

from __future__ import annotations

import base64
import hashlib
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID, SignatureAlgorithmOID

T = TypeVar("T")

AMD_ROOTS = frozenset(
    {
        "69d063b45344d26a2e94e1f4210de49ef555308287d4c174445c95639a540bcd",  # ARK-Milan
        "4c6598d19c18719c5dfd4a7d335f674e5bfe1d8f800cea2cf270c10d103db2f1",  # ARK-Genoa
        "1f084161a44bb6d93778a904877d4819cafa5d05ef4193b2ded9dd9c73dd3f6a",  # ARK-Turin
    }
)
REPORT_SIZE = 1184
SIGNED_SIZE = 0x2A0
POLICY_ALWAYS, POLICY_MIGRATION, POLICY_DEBUG = 1 << 17, 1 << 18, 1 << 19
P384_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973
AMD_ARC = "1.3.6.1.4.1.3704.1"
CHIP_ID_OID, CLOUD_OID = f"{AMD_ARC}.4", f"{AMD_ARC}.5"
MILAN_TCB = {"bootloader": 0, "TEE": 1, "SNP": 6, "microcode": 7}
TCB_LAYOUT = {
    "Milan": MILAN_TCB,
    "Genoa": MILAN_TCB,
    "Turin": {"FMC": 0, "bootloader": 1, "TEE": 2, "SNP": 3, "microcode": 7},
}
SPL_OIDS = {part: f"{AMD_ARC}.3.{arc}" for arc, part in zip("12389", ("bootloader", "TEE", "SNP", "microcode", "FMC"))}
SIGNING_KEYS = {0: "vcek", 1: "vlek"}
# RFC 7638 (and RFC 8037): exactly these members are hashed, whatever else a key carries.
THUMBPRINT_MEMBERS = {"EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x"), "RSA": ("e", "kty", "n")}


# Offset and size of the fields that are judged.
FIELDS = {
    "VERSION": (0x000, 4),
    "POLICY": (0x008, 8),
    "VMPL": (0x030, 4),
    "SIGNATURE_ALGO": (0x034, 4),
    "CURRENT_TCB": (0x038, 8),
    "KEY_INFO": (0x048, 4),
    "REPORT_DATA": (0x050, 64),
    "MEASUREMENT": (0x090, 48),
    "REPORTED_TCB": (0x180, 8),
    "CPUID": (0x188, 3),
    "CHIP_ID": (0x1A0, 64),
    "COMMITTED_TCB": (0x1E0, 8),
    "LAUNCH_TCB": (0x1F0, 8),
    "SIGNATURE_R": (0x2A0, 48),
    "SIGNATURE_S": (0x2E8, 48),
}
# First and last byte of what no version uses, then what is reserved before the version that gives it a meaning. The
# last two stand around R and S, where no signature covers them.
RESERVED = (
    *((0x04C, 0x04F), (0x18B, 0x19F), (0x1EB, 0x1EB), (0x1EF, 0x1EF), (0x208, 0x29F)),
    *((0x2D0, 0x2E7), (0x318, 0x49F)),
)
RESERVED_BEFORE = {3: (0x188, 0x18A), 5: (0x1F8, 0x207)}


class Refused(Exception):
    """A check has failed; the message is the reason an auditor reads."""


class State(Enum):
    """How a check ended."""

    PASSED = "pass"
    FAILED = "FAIL"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True)
class Check:
    """One line of the verdict. `optional`: it was left out because the caller gave nothing to compare with."""

    name: str
    state: State
    reason: str = ""
    optional: bool = False


@dataclass(frozen=True)
class Verdict:
    """Every check, in the order in which it was made."""

    checks: tuple[Check, ...]

    @property
    def trusted(self) -> bool:
        """A check that an earlier failure made impossible counts against the evidence, as the failure does."""
        return bool(self.checks) and all(check.state is State.PASSED or check.optional for check in self.checks)

    @property
    def failures(self) -> tuple[Check, ...]:
        """The checks that failed."""
        return tuple(check for check in self.checks if check.state is State.FAILED)


class Checklist:
    """Collects checks, so that one failure hides no other."""

    def __init__(self) -> None:
        self.checks: list[Check] = []

    def run(self, name: str, judge: Callable[..., T], *needed: Any) -> T | None:
        """Make one check and hand on its result. None among `needed` is the result of an earlier check that failed."""
        if any(need is None for need in needed):
            self.checks.append(Check(name, State.NOT_CHECKED, "needs what failed above"))
            return None
        try:
            result = judge(*needed)
        except Refused as refusal:
            self.checks.append(Check(name, State.FAILED, str(refusal)))
        except InvalidSignature:
            self.checks.append(Check(name, State.FAILED, "the signature does not verify"))
        except Exception as error:  # the input is a stranger's: whatever it breaks must refuse, not crash
            self.checks.append(Check(name, State.FAILED, f"{type(error).__name__}: {error}"))
        else:
            self.checks.append(Check(name, State.PASSED, result if isinstance(result, str) else ""))
            return result
        return None

    def compare(self, name: str, judge: Callable[..., Any], expected: Any, *needed: Any) -> None:
        """Make a check only if the caller knows what to expect; `judge` takes that last."""
        if expected is None:
            self.leave_out(name, "nothing given to compare with")
        else:
            self.run(name, judge, *needed, expected)

    def leave_out(self, name: str, reason: str) -> None:
        """Record a check for which the caller gave nothing to compare with."""
        self.checks.append(Check(name, State.NOT_CHECKED, reason, optional=True))

    def verdict(self) -> Verdict:
        """What has been found so far."""
        return Verdict(tuple(self.checks))


def require(condition: bool, reason: str) -> None:
    """Refuse unless the condition holds."""
    if not condition:
        raise Refused(reason)


def require_none(*faults: tuple[bool, str]) -> None:
    """Refuse if any fault is there, naming all that are."""
    found = [reason for there, reason in faults if there]
    require(not found, "; ".join(found))


def member(holder: Mapping[str, Any], name: str, kind: type[T]) -> T:
    """A member of a JSON object, of exactly this type: `True` is no integer here."""
    value = holder.get(name)
    require(type(value) is kind, f"`{name}` is missing or no {kind.__name__}")
    return value


def from_hex(text: str, smallest: int, largest: int | None = None) -> bytes:
    """Bytes of lower-case hex, within a size."""
    require(re.fullmatch(r"(?:[0-9a-f]{2})*", text) is not None, "not lower-case hex")
    raw = bytes.fromhex(text)
    require(smallest <= len(raw) <= (largest or smallest), f"hex of {len(raw)} bytes")
    return raw


def from_base64(text: str) -> bytes:
    """Strict RFC 4648: encoding anew must give the same text, which Python's decoder alone does not ensure."""
    raw = base64.b64decode(text, validate=True)
    require(base64.b64encode(raw).decode() == text, "base64 is not in its canonical form")
    return raw


# --- the report -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Report:
    """The 1184 bytes as received."""

    raw: bytes

    def octets(self, name: str) -> bytes:
        """The bytes of a field."""
        offset, size = FIELDS[name]
        return self.raw[offset : offset + size]

    def number(self, name: str) -> int:
        """A field as the little-endian integer that it is."""
        return int.from_bytes(self.octets(name), "little")


def read_report(raw: bytes) -> Report:
    """Any other length is some other structure."""
    require(len(raw) == REPORT_SIZE, f"{len(raw)} bytes in place of {REPORT_SIZE}")
    return Report(raw)


def check_version(report: Report) -> str:
    """Later versions may give meaning to bytes that are read as reserved here."""
    version = report.number("VERSION")
    require(2 <= version <= 5, f"version {version} is not known")
    return f"version {version}"


def check_report_form(report: Report) -> None:
    """What firmware never writes otherwise: fixed values, reserved bytes, and R and S in range with nothing around."""
    spans = [*RESERVED, *(span for since, span in RESERVED_BEFORE.items() if report.number("VERSION") < since)]
    stray = [f"0x{at:03X}" for first, last in spans for at in range(first, last + 1) if report.raw[at]]
    require_none(
        (bool(stray), f"reserved bytes are not zero: {', '.join(stray[:8])}"),
        (report.number("SIGNATURE_ALGO") != 1, f"SIGNATURE_ALGO {report.number('SIGNATURE_ALGO')} is not 1"),
        (not report.number("POLICY") & POLICY_ALWAYS, "bit 17 of POLICY is not set"),
        (not 0 < report.number("SIGNATURE_R") < P384_ORDER, "R is not between 0 and the order of P-384"),
        (not 0 < report.number("SIGNATURE_S") < P384_ORDER, "S is not between 0 and the order of P-384"),
    )


def read_signing_key(report: Report) -> str:
    """Which kind of key the report says it was signed with."""
    info = report.number("KEY_INFO")
    require(info >> 5 == 0, f"reserved bits of the key information 0x{info:08x} are set")
    require(info >> 2 in SIGNING_KEYS, f"signing key {info >> 2} is neither VCEK nor VLEK")
    return SIGNING_KEYS[info >> 2]


def check_guest_policy(report: Report) -> str:
    """Rights that the host must not have over the guest, nor software at another level over its voice."""
    policy, vmpl = report.number("POLICY"), report.number("VMPL")
    require_none(
        (bool(policy & POLICY_DEBUG), "debugging is allowed"),
        (bool(policy & POLICY_MIGRATION), "a migration agent is allowed"),
        (vmpl != 0, f"VMPL is {vmpl}"),
    )
    return f"POLICY 0x{policy:x}, VMPL 0"


def check_tcb_form(report: Report, product: str) -> None:
    """Bytes of a TCB version without a component of this product are zero."""
    used = TCB_LAYOUT[product].values()
    for name in ("CURRENT_TCB", "REPORTED_TCB", "COMMITTED_TCB", "LAUNCH_TCB"):
        tcb = report.octets(name)
        require(not any(tcb[i] for i in range(8) if i not in used), f"{name} {tcb.hex()} has a stray byte")


def check_tcb_order(report: Report, product: str) -> None:
    """Firmware cannot report or commit to more than it runs. The page does not ask for this; the vectors do."""
    current = report.octets("CURRENT_TCB")
    for name in ("REPORTED_TCB", "COMMITTED_TCB"):
        tcb = report.octets(name)
        above = [part for part, index in TCB_LAYOUT[product].items() if tcb[index] > current[index]]
        require(not above, f"{name} is above CURRENT_TCB in {', '.join(above)}")


def read_product(report: Report, chain_product: str) -> str:
    """The processor by CPUID, which must be the one of the chain; version 2 says nothing of its own."""
    if report.number("VERSION") == 2:
        return chain_product
    family, model, _ = report.octets("CPUID")
    if family == 0x19 and model <= 0x0F:
        product = "Milan"
    elif family == 0x19 and (0x10 <= model <= 0x1F or 0xA0 <= model <= 0xAF):
        product = "Genoa"
    elif family == 0x1A and model <= 0x11:
        product = "Turin"
    else:
        raise Refused(f"CPUID family 0x{family:02x}, model 0x{model:02x} is no known product")
    require(product == chain_product, f"the report is of a {product}, the chain of {chain_product}")
    return product


# --- the certificates -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Certificates:
    """What came with the report, in DER, under the kind of key that it was handed over as."""

    kind: str
    vek: bytes
    intermediate: bytes
    root: bytes
    crl: bytes | None = None


@dataclass(frozen=True)
class Chain:
    """Certificates with the names that they must have; `product` is what the root's name says."""

    kind: str
    product: str
    vek: x509.Certificate
    intermediate: x509.Certificate
    root: x509.Certificate


def load_certificate(der: bytes) -> x509.Certificate:
    """Parse DER. AMD gives every VCEK the serial number 0, of which the library warns each time."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return x509.load_der_x509_certificate(der)


def common_name(name: x509.Name) -> str:
    """The one common name of a distinguished name."""
    values = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    require(len(values) == 1, "a name does not have exactly one common name")
    return str(values[0].value)


def read_chain(kind: str, vek: x509.Certificate, intermediate: x509.Certificate, root: x509.Certificate) -> Chain:
    """Names alone prove nothing, but they say which kind of key and which product AMD meant a certificate for."""
    product = common_name(root.subject).removeprefix("ARK-")
    require(product in TCB_LAYOUT, f"the root is named {common_name(root.subject)}")
    middle = f"SEV-{product}" if kind == "vcek" else f"SEV-VLEK-{product}"
    for certificate, subject, issuer in (
        (root, f"ARK-{product}", root),
        (intermediate, middle, root),
        (vek, f"SEV-{kind.upper()}", intermediate),
    ):
        found = common_name(certificate.subject)
        require(found == subject, f"{found} stands where {subject} belongs")
        require(certificate.issuer == issuer.subject, f"{subject} names {common_name(certificate.issuer)} as issuer")
    return Chain(kind, product, vek, intermediate, root)


def check_root(root: x509.Certificate, roots: set[str]) -> None:
    """Belief begins here."""
    digest = hashlib.sha256(root.public_bytes(Encoding.DER)).hexdigest()
    require(digest in roots, f"the root {digest} is not one that is trusted")


def check_signed(
    signed: x509.Certificate | x509.CertificateRevocationList, issuer: x509.Certificate, body: bytes
) -> None:
    """RSASSA-PSS, SHA-384, MGF1 with SHA-384, 48 bytes of salt: declared so, and verified with nothing else."""
    require(signed.signature_algorithm_oid == SignatureAlgorithmOID.RSASSA_PSS, "not signed with RSASSA-PSS")
    declared = signed.signature_algorithm_parameters
    require(isinstance(declared, padding.PSS), "no PSS parameters")
    # The library shows the salt's length and the hash inside MGF1 only under private names.
    inner, outer = declared.mgf._algorithm, signed.signature_hash_algorithm
    require(isinstance(outer, hashes.SHA384), "PSS does not hash with SHA-384")
    require(isinstance(inner, hashes.SHA384), "MGF1 does not hash with SHA-384")
    require(declared._salt_length == 48, f"a salt of {declared._salt_length} bytes")
    key = issuer.public_key()
    require(isinstance(key, rsa.RSAPublicKey), "the issuer's key is no RSA key")
    key.verify(signed.signature, body, padding.PSS(padding.MGF1(hashes.SHA384()), 48), hashes.SHA384())


def check_issued(certificate: x509.Certificate, issuer: x509.Certificate) -> None:
    """One link of the chain."""
    check_signed(certificate, issuer, certificate.tbs_certificate_bytes)


def check_validity(certificate: x509.Certificate, now: datetime) -> None:
    """Both ends belong to the period, as in RFC 5280."""
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    require(begin <= now <= end, f"valid from {begin:%Y-%m-%d} to {end:%Y-%m-%d}")


def check_authority(certificate: x509.Certificate) -> None:
    """Without this, any certificate that AMD ever signed could play the intermediate."""
    check_extensions_known(certificate)
    constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    require(constraints.ca, "not a CA")
    require(constraints.path_length == 0, f"path length {constraints.path_length}")
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    require(usage.key_cert_sign, "no right to sign certificates")


def check_extensions_known(certificate: x509.Certificate) -> None:
    """RFC 5280, not the page: an extension that is critical and not understood refuses the certificate."""
    known = (x509.BasicConstraints, x509.KeyUsage)
    unknown = [e.oid.dotted_string for e in certificate.extensions if e.critical and not isinstance(e.value, known)]
    require(not unknown, f"unknown critical extension {', '.join(unknown)}")


def amd_extension(certificate: x509.Certificate, oid: str) -> bytes | None:
    """The content of one of AMD's own extensions."""
    for extension in certificate.extensions:
        if extension.oid.dotted_string == oid:
            return extension.value.public_bytes()
    return None


def check_vek_profile(chain: Chain) -> str:
    """A VCEK names a chip and no cloud, a VLEK a cloud and no chip; both hold a P-384 key."""
    check_extensions_known(chain.vek)
    key = chain.vek.public_key()
    require(isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP384R1), "no P-384 key")
    chip, cloud = amd_extension(chain.vek, CHIP_ID_OID), amd_extension(chain.vek, CLOUD_OID)
    if chain.kind == "vcek":
        require(chip is not None, "a VCEK without a chip id")
        require(cloud is None, "a VCEK with the name of a cloud")
        return "VCEK"
    require(chip is None, "a VLEK with a chip id")
    require(cloud is not None and cloud[:1] == b"\x16" and cloud[1:2] == bytes([len(cloud) - 2]), "no name of a cloud")
    return f"VLEK of {cloud[2:].decode('ascii')}"


def check_kind(said: str, chain: Chain) -> None:
    """The report and the certificates must speak of the same kind of key."""
    require(said == chain.kind, f"the report says {said.upper()}, the certificate is a {chain.kind.upper()}")


def security_level(certificate: x509.Certificate, part: str) -> int | None:
    """A component of the firmware level that the certificate is for: a DER INTEGER from 0 to 255."""
    der = amd_extension(certificate, SPL_OIDS[part])
    if der is None:
        return None
    value = int.from_bytes(der[2:], "big")
    minimal = b"\x02\x01" + bytes([value % 256]) if value < 0x80 else b"\x02\x02\x00" + bytes([value % 256])
    require(value < 256 and der == minimal, f"{part} is no DER INTEGER from 0 to 255: {der.hex()}")
    return value


def check_levels(report: Report, chain: Chain, product: str) -> str:
    """This stops a host that kept the signing key of an old, broken firmware."""
    reported = report.octets("REPORTED_TCB")
    wrong = [
        f"{part} {security_level(chain.vek, part)} in the certificate, {reported[index]} in the report"
        for part, index in TCB_LAYOUT[product].items()
        if security_level(chain.vek, part) != reported[index]
    ]
    require(not wrong, "; ".join(wrong))
    return ", ".join(f"{part} {reported[index]}" for part, index in TCB_LAYOUT[product].items())


def check_chip(report: Report, chain: Chain, product: str) -> None:
    """Encodings are told apart by length: the first byte of a raw chip id may look like a DER tag."""
    size = 8 if product == "Turin" else 64
    value = amd_extension(chain.vek, CHIP_ID_OID) or b""
    if len(value) == size + 2:
        require(value[:2] == bytes([0x04, size]), "the chip id is wrapped in something other than an OCTET STRING")
        value = value[2:]
    require(len(value) == size, f"a chip id of {len(value)} bytes")
    require(report.octets("CHIP_ID") == value.ljust(64, b"\0"), "CHIP_ID is not the certificate's")


def check_report_signature(report: Report, vek: x509.Certificate) -> None:
    """Over the bytes as received: nothing is taken apart and put together again before it is verified."""
    signature = utils.encode_dss_signature(report.number("SIGNATURE_R"), report.number("SIGNATURE_S"))
    vek.public_key().verify(signature, report.raw[:SIGNED_SIZE], ec.ECDSA(hashes.SHA384()))


def check_revocation(der: bytes, chain: Chain, now: datetime) -> None:
    """A list that is stale or not the root's says nothing, and refuses like one that names the intermediate."""
    crl = x509.load_der_x509_crl(der)
    require(crl.issuer == chain.root.subject, f"the list is {common_name(crl.issuer)}'s")
    check_signed(crl, chain.root, crl.tbs_certlist_bytes)
    end = crl.next_update_utc
    require(end is not None and crl.last_update_utc <= now <= end, f"{crl.last_update_utc} to {end}")
    revoked = crl.get_revoked_certificate_by_serial_number(chain.intermediate.serial_number)
    require(revoked is None, f"the intermediate {chain.intermediate.serial_number} is revoked")


def judge_evidence(
    checks: Checklist, raw: bytes | None, given: Certificates | None, now: datetime, roots: set[str]
) -> Report | None:
    """Report and certificates: everything that AMD's signature can say, before it is asked what was signed."""
    report = checks.run("report.length", read_report, raw)
    checks.run("report.version", check_version, report)
    checks.run("report.form", check_report_form, report)
    signing_key = checks.run("report.signing-key", read_signing_key, report)
    checks.run("policy.guest", check_guest_policy, report)
    vek, intermediate, root = (
        checks.run(f"certificates.{name}", load_certificate, given and getattr(given, name))
        for name in ("vek", "intermediate", "root")
    )
    chain = checks.run("chain.names", read_chain, given and given.kind, vek, intermediate, root)
    checks.run("chain.trusted-root", check_root, root, roots)
    checks.run("chain.root-signature", check_issued, root, root)
    checks.run("chain.intermediate-signature", check_issued, intermediate, root)
    checks.run("chain.vek-signature", check_issued, vek, intermediate)
    checks.run("chain.intermediate-authority", check_authority, intermediate)
    for name, certificate in (("root", root), ("intermediate", intermediate), ("vek", vek)):
        checks.run(f"validity.{name}", check_validity, certificate, now)
    if given and given.crl is not None:
        checks.run("chain.revocation", check_revocation, given.crl, chain, now)
    else:
        checks.leave_out("chain.revocation", "no revocation list")
    checks.run("vek.profile", check_vek_profile, chain)
    checks.run("vek.kind", check_kind, signing_key, chain)
    product = checks.run("vek.product", read_product, report, chain and chain.product)
    checks.run("report.tcb-form", check_tcb_form, report, product)
    checks.run("policy.tcb-order", check_tcb_order, report, product)
    checks.run("vek.levels", check_levels, report, chain, product)
    if chain and chain.kind == "vlek":
        checks.leave_out("vek.chip", "a VLEK does not say which chip it was")
    else:
        checks.run("vek.chip", check_chip, report, chain, product)
    checks.run("report.signature", check_report_signature, report, vek)
    if product == "Milan":
        checks.leave_out("policy.milan", "a chip secret of Milan can be extracted by software: know your chips")
    return report


def check_present(holder: list[Certificates | None]) -> None:
    """Nothing is fetched here: what did not come along is missing."""
    require(holder[0] is not None, "a certificate is missing")


def verify_evidence(
    report: bytes, certificates: Certificates | None, *, now: datetime, roots: set[str] | frozenset[str] = AMD_ROOTS
) -> Verdict:
    """Judge a report and its certificates alone, as they come from the hardware and from AMD."""
    checks = Checklist()
    checks.run("certificates.present", check_present, [certificates])
    judge_evidence(checks, report, certificates, now, roots)
    return checks.verdict()


# --- the statement --------------------------------------------------------------------------------------------------
