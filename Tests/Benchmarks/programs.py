"""The programs that are measured, and those that they are measured with."""

import json
import os
import re
import select
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
PROGRAMS = TOP / ".build" / "release"
PATIENCE_SECONDS = 30

# One core for the server that is measured, one for whoever asks: the same for nginx and for the gateway.
SERVER_CORE, LOAD_CORE = (0, min(1, (os.cpu_count() or 1) - 1))


def pinned(core: int, command: list[str]) -> list[str]:
    return ["taskset", "--cpu-list", str(core), *map(str, command)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Program:
    """A running program. Ends with the block it is used in."""

    def __init__(self, command: list[str], core: int, environment: dict[str, str] | None = None):
        clean = {name: value for name, value in os.environ.items() if not name.startswith("SEALGATE_")}
        self._complaints = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            pinned(core, command),
            env=clean | (environment or {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            bufsize=0,
        )
        self._rest = b""

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self.process.stdin.close()
        self.process.terminate()
        try:
            self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self._complaints.close()

    def lines(self, seconds: float) -> list[str]:
        """The output lines of the next moments, at least one unless the time is over."""
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        data = os.read(self.process.stdout.fileno(), 1 << 20) if ready else b""
        *whole, self._rest = (self._rest + data).split(b"\n")
        return [line.decode() for line in whole]

    def line(self, beginning: str, seconds: float = PATIENCE_SECONDS) -> str:
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            for line in self.lines(0.5):
                if beginning in line:
                    return line
        self._complaints.seek(0)
        complaints = self._complaints.read().decode(errors="replace")
        raise SystemExit(f"bench: {self.process.args} never said {beginning}\n{complaints}")

    @property
    def resident_bytes(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024

    def drain_output(self) -> None:
        """Throws away what it says from now on, so that its log never waits for a reader."""
        subprocess.Popen(["cat"], stdin=self.process.stdout, stdout=subprocess.DEVNULL)


class Gateway(Program):
    def __init__(
        self,
        folder: Path,
        provider: str = "http://127.0.0.1:9",
        core: int = SERVER_CORE,
        settings: dict[str, str] | None = None,
    ):
        environment = {
            "SEALGATE_MODE": "development",
            "SEALGATE_LISTEN": "127.0.0.1:0",
            "SEALGATE_PUBLIC_ORIGIN": "https://gateway.example",
            "SEALGATE_DATA_DIR": str(folder),
            "SEALGATE_ANTHROPIC_URL": provider,
            "SEALGATE_EGRESS_ALLOW": "127.0.0.0/8",
            # Counted like anywhere, but never reached.
            "SEALGATE_RATE_LIMITS": ",".join(
                f"{group}.{kind}=1000000/1"
                for group in ["general", "login", "money", "credentials"]
                for kind in ["address", "wallet"]
            ),
        }
        began = time.monotonic()
        super().__init__([PROGRAMS / "sealgate", "serve"], core, environment | (settings or {}))
        self.ready = json.loads(self.line('"ready"'))
        self.start_seconds = time.monotonic() - began
        self.address = self.ready["address"]


class Simulator(Program):
    def __init__(self):
        super().__init__([PROGRAMS / "provider-simulator", "--port", "0", "--die-with-parent"], LOAD_CORE)
        self.address = self.line("http://")


class Nginx(Program):
    """One worker that answers every request with the same bytes."""

    def __init__(self, folder: Path, body: str):
        folder.mkdir(parents=True)
        port = free_port()
        paths = "".join(
            f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        text = body.replace("\\", "\\\\").replace("'", "\\'")
        configuration = folder / "nginx.conf"
        configuration.write_text(
            f"""
            daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
            events {{ worker_connections 4096; }}
            http {{
                access_log off; keepalive_requests 100000000; {paths}
                server {{
                    listen 127.0.0.1:{port};
                    location / {{ default_type application/json; return 200 '{text}'; }}
                }}
            }}
            """
        )
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        super().__init__([nginx, "-p", folder, "-c", configuration], SERVER_CORE)
        self.address = f"http://127.0.0.1:{port}"
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                return
            except ConnectionRefusedError:
                if time.monotonic() > end or self.process.poll() is not None:
                    raise


def measurement(*words: str, core: int = LOAD_CORE) -> dict:
    """One line of JSON from sealgate-bench."""
    command = pinned(core, [PROGRAMS / "sealgate-bench", *words])
    return json.loads(subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True).stdout)


def requests_per_second(url: str, token: str | None = None, seconds: int = 4) -> float:
    """wrk: one thread, 64 connections. Any answer but 2xx makes the figure worthless, so it stops the run."""
    words = ["wrk", "-t1", "-c64", f"-d{seconds}s", url]
    if token:
        words += ["-H", f"Authorization: Bearer {token}"]
    output = subprocess.run(
        pinned(LOAD_CORE, words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        raise SystemExit(f"bench: {url} was not answered as it should:\n{output}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])


def median(values) -> float:
    return statistics.median(list(values))
