"""A gateway on a simulated SEV-SNP guest, judged by a verifier that was written from attestation/README.md alone."""

import json
import secrets
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import attestation_verifier as verifier
import jwt
import pytest

from support.device import Device
from support.gateway import ORIGIN, Gateway
from support.service import PROGRAMS
from support.wallet import Wallet


@pytest.fixture(scope="module", params=["genoa", "turin", "genoa-vlek"])
def machine(request, tmp_path_factory):
    product, _, kind = request.param.partition("-")
    device = Device(tmp_path_factory.mktemp("machine"), "--product", product, "--kind", kind or "vcek")
    yield device
    device.stop()


@pytest.fixture(scope="module")
def attested(machine, start_gateway) -> Gateway:
    return start_gateway(**machine.settings)


def report(gateway: Gateway, **query: str) -> dict:
    return gateway.client().get("/api/attestation/report", params=query).raise_for_status().json()


def judge(machine: Device, bundle: dict, **expected) -> verifier.Verdict:
    return verifier.verify_bundle(
        bundle,
        **{"nonce": None, "jwks": None, "gateway": ORIGIN, "roots": {machine.root_sha256}, **expected},
        now=datetime.now(UTC),
    )


def test_fresh_evidence(machine, attested):
    nonce = secrets.token_bytes(32)
    jwks = attested.client().get("/.well-known/jwks.json").json()
    bundle = report(attested, nonce=nonce.hex())
    verdict = judge(machine, bundle, nonce=nonce, jwks=jwks)
    assert verdict.trusted, verdict.failures
    assert not judge(machine, bundle, nonce=secrets.token_bytes(32), jwks=jwks).trusted
    assert not judge(machine, bundle, nonce=nonce, jwks=jwks, gateway="https://elsewhere.example").trusted
    assert not judge(machine, bundle, nonce=nonce, jwks=jwks, measurement=bytes(48)).trusted
    assert not judge(machine, bundle, nonce=nonce, jwks=jwks, roots=verifier.AMD_ROOTS).trusted


def test_other_profile(machine, attested):
    bundle = report(attested, profile="agent-gateway/1")
    verdict = judge(machine, bundle, gateway=None)
    assert not verdict.failures, verdict.failures


def test_token_names_its_evidence(machine, attested):
    """The evidence of a token's kid is about that key; evidence that AMD does not vouch for is not claimed in it."""
    wallet = Wallet(attested)
    token = wallet.login()["token"]
    kid = jwt.get_unverified_header(token)["kid"]
    bundle = attested.client().get(f"/api/attestation/keys/{kid}").raise_for_status().json()
    verdict = judge(machine, bundle)
    assert verdict.trusted, verdict.failures
    claims = jwt.decode(token, options={"verify_signature": False})
    assert "att" not in claims
    assert json.loads(bundle["statement"])["activeKey"] == kid


def sealgate_verify(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [PROGRAMS / "sealgate", "verify", *words], capture_output=True, text=True, timeout=60, check=False
    )


def test_command(machine, attested, tmp_path: Path):
    """AMD's roots are built in, so a simulated machine is refused, for that one reason."""
    run = sealgate_verify(attested.address, "--allow-private", "--json")
    verdict = json.loads(run.stdout)
    failed = {check["name"]: check["reason"] for check in verdict["checks"] if check["result"] == "fail"}
    assert run.returncode == 1
    # The gateway was asked at another address than its public origin; a VLEK's cloud is on nobody's list.
    assert failed.pop("root") == "untrusted_root"
    assert failed.pop("gateway") == "binding"
    assert set(failed) <= {"cloud_provider"}

    # Nobody built this program by `make release`: there is nothing to compare, which counts once a key is named.
    provenance = next(check for check in verdict["checks"] if check["name"] == "provenance")
    assert provenance["result"] == "not_checked"
    assert "no provenance" in provenance["detail"]

    saved = tmp_path / "bundle.json"
    saved.write_text(json.dumps(report(attested)))
    table = sealgate_verify(str(saved))
    assert table.returncode == 1
    assert "untrusted_root" in table.stdout
    assert "REFUSED" in table.stdout


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ((), 64),
        (("--nonsense",), 64),
        (("https://gateway.example", "--nonce", "abcd"), 64),
        (("https://gateway.example", "--measurement", "abcd"), 64),
        (("bundle.json", "--policy"), 64),
        (("bundle.json", "--build-key"), 64),
        (("/nowhere/bundle.json",), 1),
        (("http://127.0.0.1:9", "--allow-private"), 69),
        (("http://127.0.0.1:9",), 69),
        (("--help",), 0),
    ],
)
def test_command_line(words: tuple[str, ...], status: int):
    run = sealgate_verify(*words)
    assert run.returncode == status, run.stderr
    assert run.stderr or status == 0


def test_no_device(gateway):
    answer = gateway.client().get("/api/attestation/report")
    assert answer.status_code == 503
    assert answer.json()["error"] == "attestation_unavailable"
