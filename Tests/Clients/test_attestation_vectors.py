"""The verifier written from the page alone, against every SEV-SNP vector: verdict, and the reason of a refusal."""

import hashlib
import json
from datetime import datetime
from pathlib import Path

from attestation_evidence import (
    AMD_ROOTS,
    Certificates,
    Checklist,
    State,
    Verdict,
    check_revocation,
    load_certificate,
    verify_evidence,
)

# Where they lie beside the repository; elsewhere the bundles forged in test_attestation_verifier.py stand in for them.
VECTORS = Path(__file__).parents[3] / "shared" / "vectors" / "sev-snp"
CASES = sorted(path.parent for path in VECTORS.glob("[!_]*/expected.json"))
LISTS = VECTORS / "_crl" / "expected.json"
REVOCATIONS = json.loads(LISTS.read_text()) if LISTS.exists() else []

CATEGORY = {
    "report.length": "format",
    "report.version": "unsupported_version",
    "report.form": "format",
    "report.signing-key": "key_kind_mismatch",
    "report.tcb-form": "format",
    "certificates.present": "missing_certificate",
    "certificates.vek": "certificate_parse",
    "certificates.intermediate": "certificate_parse",
    "certificates.root": "certificate_parse",
    "chain.names": "chain",
    "chain.trusted-root": "untrusted_root",
    "chain.root-signature": "chain",
    "chain.intermediate-signature": "chain",
    "chain.vek-signature": "chain",
    "chain.intermediate-authority": "chain",
    "validity.root": "certificate_time",
    "validity.intermediate": "certificate_time",
    "validity.vek": "certificate_time",
    "vek.profile": "certificate_profile",
    "vek.kind": "key_kind_mismatch",
    "vek.product": "product_mismatch",
    "vek.levels": "tcb_mismatch",
    "vek.chip": "hwid_mismatch",
    "report.signature": "report_signature",
}
STRICT = {
    "policy_debug": ("policy.guest", "debugging"),
    "policy_migrate_ma": ("policy.guest", "migration"),
    "vmpl_nonzero": ("policy.guest", "VMPL"),
    "reported_tcb_above_current": ("policy.tcb-order", "REPORTED_TCB"),
    "committed_tcb_above_current": ("policy.tcb-order", "COMMITTED_TCB"),
}


def expected(case: Path) -> dict:
    """What a right verifier says of a case."""
    return json.loads((case / "expected.json").read_text())


def certificates(case: Path, files: dict[str, str | None]) -> Certificates | None:
    """The case's certificates, or None where one is missing: the verifier fetches nothing."""
    names = [files[name] for name in ("vek", "intermediate", "root")]
    if None in names:
        return None
    kind = "vlek" if "asvk" in files["intermediate"] else "vcek"
    return Certificates(kind, *((case / name).read_bytes() for name in names))


def judge(case: Path) -> Verdict:
    """The verifier's answer, under the roots and at the time that the case names."""
    wanted = expected(case)
    roots = AMD_ROOTS
    if wanted["trust_roots"] == "synthetic":
        roots = {hashlib.sha256((case / wanted["files"]["root"]).read_bytes()).hexdigest()}
    return verify_evidence(
        (case / wanted["files"]["report"]).read_bytes(),
        certificates(case, wanted["files"]),
        now=datetime.fromisoformat(wanted["verify_time"]),
        roots=roots,
    )


def verified(verdict: Verdict) -> bool:
    """The verdict without an operator's policy, which the vectors keep apart."""
    return all(c.state is State.PASSED or c.optional or c.name.startswith("policy.") for c in verdict.checks)


def check_case(case: Path) -> None:
    """Verdict, and a reason of a category that the vector allows."""
    wanted, verdict = expected(case), judge(case)
    if wanted["verified"] is None:
        # An implementation's choice: this one embeds no intermediates, so it must refuse.
        assert not verified(verdict)
        return
    assert verified(verdict) == wanted["verified"], (case.name, verdict.failures)
    if not wanted["verified"]:
        reasons = wanted["reject_reason"]
        allowed = {reasons} if isinstance(reasons, str) else set(reasons)
        assert allowed & {CATEGORY.get(failure.name) for failure in verdict.failures}, verdict.failures


def test_cases() -> None:
    """Every case; none where the vectors are not there."""
    for case in CASES:
        check_case(case)


def check_strict_policy(case: Path) -> None:
    """The operator's demands, reason by reason."""
    policy, verdict = expected(case)["strict_policy"], judge(case)
    assert verdict.trusted == policy["accept"], verdict.failures
    for reason in policy["reasons"]:
        name, text = STRICT[reason]
        assert any(failure.name == name and text in failure.reason for failure in verdict.failures), reason


def test_strict_policies() -> None:
    """Every case that has one."""
    for case in CASES:
        if "strict_policy" in expected(case):
            check_strict_policy(case)


def check_revocation_case(case: dict) -> None:
    """A list must be the root's, be in time and not name the intermediate."""
    folder = VECTORS / "_crl"
    checked = load_certificate((folder / case["checked_certificate"]).read_bytes())
    root = load_certificate((folder / case["root"]).read_bytes())
    chain = type("Chain", (), {"intermediate": checked, "root": root})
    checks = Checklist()
    now = datetime.fromisoformat(case["at"])
    checks.run("chain.revocation", check_revocation, (folder / case["crl"]).read_bytes(), chain, now)
    assert checks.verdict().trusted == (case["crl_signature_ok"] and case["crl_current"] and not case["revoked"])


def test_revocations() -> None:
    """Every list and certificate."""
    for case in REVOCATIONS:
        check_revocation_case(case)
