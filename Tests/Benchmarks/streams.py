"""What an open event stream costs in memory, and how soon a client's leaving is seen."""

import json
import resource
import socket
import ssl
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

from connection import Connection
from figures import Figure, Report
from programs import LOAD_CORE, PROGRAMS, SERVER_CORE, Gateway, Program, Simulator, measurement

STREAMS = 2_000
LEAVING = 200
CHATS = 200
WARM_UP = 64
REQUEST = b"GET /stream HTTP/1.1\r\nHost: bench\r\n\r\n"


class StreamServer(Program):
    """The gateway's transport with streams that only stay open."""

    def __init__(self, *words: str):
        super().__init__([PROGRAMS / "sealgate-bench", "streams", *words], SERVER_CORE)
        self.port = json.loads(self.line('"ready"'))["port"]


def opened(port: int, context: ssl.SSLContext | None, request: bytes = REQUEST) -> socket.socket:
    """A client that has got the first event of its stream."""
    client = socket.create_connection(("127.0.0.1", port))
    client.settimeout(30)
    if context:
        client = context.wrap_socket(client, server_hostname="localhost")
    client.sendall(request)
    answer = b""
    while b"data:" not in answer:
        piece = client.recv(4096)
        if not piece or not b"HTTP/1.1 200".startswith((answer + piece)[:12]):
            raise SystemExit(f"bench: no stream: {(answer + piece)[:300]!r}")
        answer += piece
    return client


def memory(server: Program, open_one, count: int, warm_up: int) -> tuple[float, list[socket.socket]]:
    """Resident bytes a stream, and the clients. A few streams come first, so that what is made once is not counted."""
    clients = [open_one() for _ in range(warm_up)]
    before = server.resident_bytes
    clients += [open_one() for _ in range(count)]
    return (server.resident_bytes - before) / count, clients


def certificate(folder: Path) -> tuple[Path, Path]:
    chain, key = folder / "bench.pem", folder / "bench.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"]
        + ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        + ["-out", chain, "-keyout", key],
        check=True,
        capture_output=True,
    )
    return chain, key


def leaving_milliseconds(server: Program, clients: list[socket.socket]) -> float:
    """The longest time from a client's close until the task of its stream knew of it."""
    longest = 0.0
    for client in clients:
        closed = time.monotonic_ns()
        client.close()
        seen = json.loads(server.line('"left"'))["nanoseconds"]
        longest = max(longest, (seen - closed) / 1e6)
    return longest


def transport(report: Report, folder: Path) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with StreamServer() as server:
        each, clients = memory(server, lambda: opened(server.port, None), STREAMS, WARM_UP)
        report.add(Figure(f"{STREAMS:,} event streams", each / 1024, "KiB each", 16, False, "plain HTTP"))
        longest = leaving_milliseconds(server, clients[:LEAVING])
        report.add(Figure("a client's leaving is seen", longest, "ms", 100, False, f"the longest of {LEAVING}"))
        for client in clients[LEAVING:]:
            client.close()
    chain, key = certificate(folder)
    context = ssl.create_default_context(cafile=chain)
    with StreamServer("--certificate", str(chain), "--key", str(key)) as server:
        each, clients = memory(server, lambda: opened(server.port, context), STREAMS, WARM_UP)
        report.add(Figure(f"{STREAMS:,} event streams over TLS", each / 1024, "KiB each"))
        for client in clients:
            client.close()
