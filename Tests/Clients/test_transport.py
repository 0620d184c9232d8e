"""The connection itself: TLS by a certificate of one's own, browsers from other origins, and an orderly end."""

import signal
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from support.simulator import HOLD, simulate
from support.wallet import Wallet


def certificate(name: str, issuer=None, **extensions) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """A certificate for a name; by itself when no issuer is given."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if issuer:
        names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False).add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer[1].public_key()), critical=False
        )
    else:
        builder = builder.add_extension(
            x509.KeyUsage(False, False, False, False, False, True, True, False, False), critical=True
        )
    return builder.sign(issuer[1] if issuer else key, hashes.SHA256()), key


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A certificate authority, and the files of a server certificate by it."""
    folder = tmp_path_factory.mktemp("certificates")
    root = certificate("Test authority")
    server, key = certificate("localhost", issuer=root)
    (folder / "root.pem").write_bytes(root[0].public_bytes(serialization.Encoding.PEM))
    (folder / "server.pem").write_bytes(server.public_bytes(serialization.Encoding.PEM))
    (folder / "server.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    (folder / "server.key").chmod(0o600)
    return folder


@pytest.fixture(scope="module")
def secure_gateway(start_gateway, authority):
    return start_gateway(
        SEALGATE_TLS_CERTIFICATE=str(authority / "server.pem"), SEALGATE_TLS_KEY=str(authority / "server.key")
    )


@pytest.fixture
def trust(authority):
    return ssl.create_default_context(cafile=str(authority / "root.pem"))


class TestTLS:
    def test_a_whole_journey_over_tls(self, secure_gateway, trust):
        assert secure_gateway.address.startswith("https://")
        wallet = Wallet.ready(secure_gateway, verify=trust)
        assert wallet.chat(wallet.open_session(), "Say hello.")[-1]["type"] == "done"

    def test_the_name_is_checked_by_clients_that_trust_somebody_else(self, secure_gateway):
        with secure_gateway.client() as client, pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            client.get("/health")

    def test_versions_before_1_2_are_refused(self, secure_gateway, trust):
        trust.set_ciphers("ALL:@SECLEVEL=0")
        with pytest.warns(DeprecationWarning):
            trust.minimum_version = trust.maximum_version = ssl.TLSVersion.TLSv1_1
        refusal = pytest.raises(httpx.ConnectError, match="ALERT_PROTOCOL_VERSION")
        with secure_gateway.client(verify=trust) as client, refusal:
            client.get("/health")

    def test_version_1_3_is_chosen(self, secure_gateway, trust):
        with secure_gateway.client(verify=trust) as client, client.stream("GET", "/health") as response:
            connection = response.extensions["network_stream"].get_extra_info("ssl_object")
            assert connection.version() == "TLSv1.3"

    def test_plain_http_on_the_same_port_is_not_served(self, secure_gateway):
        plain = secure_gateway.address.replace("https://", "http://")
        with pytest.raises(httpx.TransportError):
            httpx.get(plain + "/health", trust_env=False).raise_for_status()

    def test_the_posture_says_where_the_key_came_from(self, secure_gateway, trust):
        with secure_gateway.client(verify=trust) as client:
            assert "file" in client.get("/api/attestation").text


class TestBrowsers:
    HEADERS = "authorization, content-type, x-runtime-scope-id, a2a-version, idempotency-key"

    @pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
    def test_a_page_of_another_origin_may_ask(self, gateway, method):
        with gateway.client() as client:
            response = client.options(
                "/wallet/apikey",
                headers={
                    "Origin": "https://app.example",
                    "Access-Control-Request-Method": method,
                    "Access-Control-Request-Headers": self.HEADERS,
                },
            )
            assert response.status_code in (200, 204), response.text
            assert response.headers["access-control-allow-origin"] in ("*", "https://app.example")
            assert method in response.headers["access-control-allow-methods"]
            allowed = response.headers["access-control-allow-headers"].lower()
            assert all(name.strip() in allowed for name in self.HEADERS.split(","))
            assert response.headers.get("access-control-allow-credentials") != "true"

    def test_answers_and_errors_can_be_read_by_the_page(self, gateway):
        with gateway.client() as client:
            for path in ("/health", "/wallet/balance", "/no-such-path"):
                response = client.get(path, headers={"Origin": "https://app.example"})
                assert response.headers["access-control-allow-origin"] in ("*", "https://app.example"), path


class TestStopping:
    def test_a_running_chat_ends_well_and_the_process_too(self, fresh_gateway):
        wallet = Wallet.ready(fresh_gateway)
        session = wallet.open_session()
        with wallet.chatting(session, simulate("slow=50") + "Say hello to everybody who is still here.") as events:
            assert events.next()["type"] == "text"
            fresh_gateway.service.signal(signal.SIGTERM)
            fresh_gateway.service.event("draining")
            with pytest.raises(httpx.ConnectError), fresh_gateway.client() as client:
                client.get("/health")
            assert events.rest()[-1]["type"] == "done"
        assert fresh_gateway.service.wait() == 0
        fresh_gateway.start()
        wallet.meet(fresh_gateway)
        wallet.login()
        assert wallet.balance() == 5_000_000 - sum(wallet.spent()) == wallet.book_balance()
        assert len(wallet.spent()) == 1

    def test_a_chat_that_never_ends_does_not_hold_up_the_end(self, start_gateway):
        gateway = start_gateway(SEALGATE_DRAIN_SECONDS="1")
        wallet = Wallet.ready(gateway)
        with wallet.chatting(wallet.open_session(), HOLD + "Say hello.") as events:
            assert events.next()["type"] == "text"
            gateway.service.signal(signal.SIGTERM)
            assert gateway.service.wait() == 0
        gateway.start()
        wallet.meet(gateway)
        wallet.login()
        assert len(wallet.settled_spends(1)) == 1
        assert wallet.balance() == wallet.book_balance()
