"""A load balancer in front: it tells whose a connection is, with and without TLS, and nobody else is believed."""

import socket
import ssl
import struct
from urllib.parse import urlsplit

import pytest

SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
REQUEST = b"GET /health HTTP/1.1\r\nHost: gateway.example\r\nConnection: close\r\n\r\n"


def header(client: str) -> bytes:
    """What a balancer says of a client's connection: PROXY over TCP and IPv4, with a field that means nothing here."""
    addresses = socket.inet_aton(client) + socket.inet_aton("198.51.100.1") + struct.pack(">HH", 40_000, 443)
    rest = addresses + b"\x04\x00\x03abc"
    return SIGNATURE + b"\x21\x11" + struct.pack(">H", len(rest)) + rest


def connected(gateway) -> socket.socket:
    address = urlsplit(gateway.address)
    return socket.create_connection((address.hostname, address.port), timeout=20)


def answer(connection: socket.socket) -> bytes:
    """Everything until the end; a reset ends it too."""
    received = b""
    try:
        while piece := connection.recv(65_536):
            received += piece
    except ConnectionResetError:
        pass
    return received


@pytest.fixture(scope="module")
def balanced(start_gateway):
    return start_gateway(SEALGATE_PROXY_PROTOCOL_FROM="10.0.0.0/8,127.0.0.1")


def test_a_listed_balancer_is_served_with_the_header_and_closed_without(balanced):
    with connected(balanced) as connection:
        connection.sendall(header("192.0.2.7") + REQUEST)
        assert answer(connection).startswith(b"HTTP/1.1 200 ")
    for wrong in (REQUEST, b"PROXY TCP4 192.0.2.7 198.51.100.1 40000 443\r\n" + REQUEST):
        with connected(balanced) as connection:
            connection.sendall(wrong)
            assert answer(connection) == b""
    with connected(balanced) as connection:
        connection.sendall(header("192.0.2.7") + REQUEST.replace(b"/health", b"/metrics"))
        assert b"\nsealgate_proxy_refusals 2\n" in answer(connection)


def test_nobody_else_is_believed(gateway):
    with connected(gateway) as connection:
        connection.sendall(header("192.0.2.7") + REQUEST)
        assert answer(connection).startswith(b"HTTP/1.1 400 ")


def test_the_header_comes_before_tls(start_gateway):
    gateway = start_gateway(SEALGATE_PROXY_PROTOCOL_FROM="127.0.0.1", SEALGATE_TLS="inside")
    trust = ssl.create_default_context()
    trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    with connected(gateway) as connection:
        for byte in header("192.0.2.7"):
            connection.sendall(bytes([byte]))
        with trust.wrap_socket(connection) as secure:
            secure.sendall(REQUEST)
            assert answer(secure).startswith(b"HTTP/1.1 200 ")
    with connected(gateway) as connection, pytest.raises(OSError):
        trust.wrap_socket(connection)
