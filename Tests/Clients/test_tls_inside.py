"""A TLS key that is born at the start: a certificate for it comes while the gateway runs, and the key is never seen."""

import hashlib
import os
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from support.gateway import Gateway

DER = serialization.Encoding.DER
PEM = serialization.Encoding.PEM


class Authority:
    """Signs what it is asked to sign."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        self.certificate = (
            self._builder(self.name, self.key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .sign(self.key, hashes.SHA256())
        )

    def _builder(self, subject: x509.Name, key) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=5))
            .not_valid_after(now + timedelta(hours=1))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        )

    def sign(self, request: x509.CertificateSigningRequest) -> bytes:
        names = request.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        return (
            self._builder(request.subject, request.public_key())
            .add_extension(names.value, critical=names.critical)
            .add_extension(signer, critical=False)
            .sign(self.key, hashes.SHA256())
            .public_bytes(PEM)
        )

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cadata=self.certificate.public_bytes(PEM).decode())


def put(path: Path, certificate: bytes) -> None:
    """Whole or not at all, as an operator should."""
    fresh = path.with_suffix(".new")
    fresh.write_bytes(certificate)
    os.replace(fresh, path)


def request_of(gateway: Gateway) -> x509.CertificateSigningRequest:
    with gateway.client(verify=False) as client:
        response = client.get("/api/attestation/tls/csr").raise_for_status()
    assert response.headers["content-type"] == "application/pkcs10"
    return x509.load_pem_x509_csr(response.content)


def shown_to(gateway: Gateway, trust: ssl.SSLContext | bool = False) -> x509.Certificate:
    """The certificate that a new connection is shown; fails if it is not trusted."""
    with gateway.client(verify=trust) as client, client.stream("GET", "/health") as response:
        connection = response.extensions["network_stream"].get_extra_info("ssl_object")
        return x509.load_der_x509_certificate(connection.getpeercert(True))


def spki_sha256(key) -> str:
    return hashlib.sha256(key.public_bytes(DER, serialization.PublicFormat.SubjectPublicKeyInfo)).hexdigest()


@pytest.fixture(scope="module")
def authority():
    return Authority()


@pytest.fixture
def certificate_path(tmp_path):
    return tmp_path / "certificate.pem"


@pytest.fixture
def gateway(start_gateway, certificate_path):
    return start_gateway(
        SEALGATE_TLS="inside",
        SEALGATE_TLS_CERTIFICATE=str(certificate_path),
        SEALGATE_PUBLIC_ORIGIN="https://127.0.0.1",
    )


def test_a_certificate_is_asked_for_signed_and_taken_while_the_gateway_runs(gateway, certificate_path, authority):
    assert gateway.address.startswith("https://")
    first = shown_to(gateway)
    assert first.issuer == first.subject
    with gateway.client(verify=authority.trust) as client, pytest.raises(httpx.ConnectError, match="VERIFY_FAILED"):
        client.get("/health")

    request = request_of(gateway)
    assert request.is_signature_valid
    names = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(name) for name in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]
    with gateway.client(verify=False) as client:
        told = client.get("/api/attestation/tls").raise_for_status().json()
        posture = client.get("/health").json()["securityPosture"]
    assert told == {"tlsKeySource": "born_at_start", "spkiSHA256": spki_sha256(request.public_key())}
    assert spki_sha256(first.public_key()) == told["spkiSHA256"]
    assert posture["keySources"]["tlsKey"] == "born_at_start"
    reasons = {reason["code"] for reason in posture["degradedReasons"]}
    assert not reasons & {"plain_http", "tls_key_from_file"}

    put(certificate_path, authority.sign(request))
    gateway.service.event("tls_certificate_installed")
    assert spki_sha256(shown_to(gateway, authority.trust).public_key()) == told["spkiSHA256"]


def test_a_certificate_for_another_key_is_refused_and_after_a_restart_the_old_one_is(
    gateway, certificate_path, authority
):
    request = request_of(gateway)
    other = x509.CertificateSigningRequestBuilder().subject_name(request.subject)
    other = other.add_extension(
        request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value, critical=False
    ).sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    put(certificate_path, authority.sign(other))
    assert gateway.service.event("tls_certificate_refused")["code"] == "key_does_not_match"
    assert spki_sha256(shown_to(gateway).public_key()) == spki_sha256(request.public_key())

    put(certificate_path, authority.sign(request))
    gateway.service.event("tls_certificate_installed")
    gateway.restart()
    assert gateway.service.event("tls_certificate_refused")["code"] == "key_does_not_match"
    again = request_of(gateway)
    assert spki_sha256(again.public_key()) != spki_sha256(request.public_key()), "each start has a key of its own"
    assert spki_sha256(shown_to(gateway).public_key()) == spki_sha256(again.public_key())
    put(certificate_path, authority.sign(again))
    gateway.service.event("tls_certificate_installed")
    shown_to(gateway, authority.trust)
    assert all(b"PRIVATE KEY" not in content for content in gateway.files().values())


def test_without_a_key_of_its_own_there_is_no_request(shared_gateway):
    with shared_gateway.client() as client:
        response = client.get("/api/attestation/tls/csr")
        assert (response.status_code, response.json()["error"]) == (404, "tls_key_not_inside")
        assert client.get("/api/attestation/tls").json() == {"tlsKeySource": "none", "spkiSHA256": None}
