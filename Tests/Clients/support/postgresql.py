"""The PostgreSQL server that the tests were started beside, and a wire to it that can be cut."""

import os
import secrets
import select
import socket
import subprocess
import threading
from pathlib import Path
from urllib.parse import parse_qs, urlsplit


def server_url() -> str:
    url = os.environ.get("TEST_POSTGRESQL")
    assert url, "start the tests by scripts/test-clients, or by scripts/with-postgresql"
    return url


def run(url: str, sql: str) -> list[list[str]]:
    """Runs a statement and returns its rows, every value as text."""
    answer = subprocess.run(
        ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--field-separator=\t", "--dbname", url],
        input=sql,
        text=True,
        capture_output=True,
        check=True,
        timeout=20,
    )
    assert not answer.stderr, answer.stderr
    return [line.split("\t") for line in answer.stdout.splitlines() if line]


def fresh_database() -> str:
    """The URL of a database that nobody has used."""
    name = "t_" + secrets.token_hex(8)
    run(server_url(), f"create database {name}")
    return server_url().replace("/postgres?", f"/{name}?")


def dump(url: str) -> str:
    """Everything in a database, bytes as hex digits."""
    return subprocess.run(["pg_dump", "--dbname", url], capture_output=True, text=True, check=True, timeout=60).stdout


class Wire:
    """Carries connections from a socket of its own to the server's."""

    def __init__(self, url: str, folder: Path):
        home = parse_qs(urlsplit(url).query)["host"][0]
        self._server = f"{home}/.s.PGSQL.5432"
        self.url = url.replace(f"host={home}", f"host={folder}")
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._is_cut = False
        self._flows = threading.Event()
        self._flows.set()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / ".s.PGSQL.5432"))
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Ends every connection, and lets none through."""
        with self._lock:
            self._is_cut = True
            for end in self._sockets:
                end.shutdown(socket.SHUT_RDWR)

    def freeze(self) -> None:
        """Nothing flows any more, and nobody is told: a dead machine, or a firewall."""
        self._flows.clear()

    def mend(self) -> None:
        with self._lock:
            self._is_cut = False
        self._flows.set()

    def close(self) -> None:
        self._flows.set()
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                if self._is_cut:
                    client.close()
                    continue
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._server)
                self._sockets |= {client, server}
            threading.Thread(target=self._carry, args=(client, server), daemon=True).start()

    def _carry(self, client: socket.socket, server: socket.socket) -> None:
        other = {client: server, server: client}
        try:
            while True:
                for end in select.select([client, server], [], [])[0]:
                    data = end.recv(65_536)
                    self._flows.wait()
                    if not data:
                        return
                    other[end].sendall(data)
        except OSError:
            pass
        finally:
            with self._lock:
                self._sockets -= {client, server}
            client.close()
            server.close()
