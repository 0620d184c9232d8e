"""A plain HTTP/1.1 connection for measurements: as little as possible between the clock and the socket."""

import json
import socket
import time
from urllib.parse import urlsplit


class Connection:
    def __init__(self, url: str):
        parts = urlsplit(url)
        self._host = parts.netloc
        self._socket = socket.create_connection((parts.hostname, parts.port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        self._socket.close()

    def request(self, method: str, path: str, fields: dict[str, str], body: dict | None = None) -> bytes:
        content = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self._host}", f"Content-Length: {len(content)}"]
        lines += [f"{name}: {value}" for name, value in fields.items()]
        if body is not None:
            lines.append("Content-Type: application/json")
        return "\r\n".join([*lines, "", ""]).encode() + content

    def exchange(self, request: bytes) -> tuple[float, bytes]:
        """Sends a request; gives the seconds until the last byte of its answer, and the answer."""
        began = time.perf_counter()
        self._socket.sendall(request)
        answer = b""
        while not is_whole(answer):
            piece = self._socket.recv(65_536)
            if not piece:
                raise SystemExit(f"bench: the connection ended after {answer[:200]!r}")
            answer += piece
        return time.perf_counter() - began, answer

    def ask(self, method: str, path: str, fields: dict[str, str], body: dict | None = None) -> dict:
        _, answer = self.exchange(self.request(method, path, fields, body))
        if not answer.startswith(b"HTTP/1.1 2"):
            raise SystemExit(f"bench: {method} {path}: {answer[:300]!r}")
        return json.loads(answer.partition(b"\r\n\r\n")[2])


def is_whole(answer: bytes) -> bool:
    head, separator, body = answer.partition(b"\r\n\r\n")
    if not separator:
        return False
    lowered = head.lower()
    if b"transfer-encoding: chunked" in lowered:
        return body.endswith(b"0\r\n\r\n")
    length = lowered.partition(b"content-length:")[2].split(b"\r\n")[0]
    return len(body) >= int(length or 0)
