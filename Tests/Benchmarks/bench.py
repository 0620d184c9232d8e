"""`make bench`: every figure of the README, measured in one run, most of them against something else on this machine.

An absolute number says more about the machine than about the gateway; a ratio to nginx, to the bare cryptography or to
one commit a transfer can be compared anywhere.
"""

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import evidence
import streams
from connection import Connection
from figures import Figure, Report
from programs import SERVER_CORE, TOP, Gateway, Nginx, Simulator, measurement, median, requests_per_second

CHATS = 200
STARTS = 9


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def requests(report: Report, folder: Path) -> None:
    """/health and an authenticated lookup against nginx, in turns, so that a busy machine disturbs all alike."""
    with Gateway(folder / "requests") as gateway:
        gateway.drain_output()
        _, answer = Connection(gateway.address).exchange(b"GET /health HTTP/1.1\r\nHost: bench\r\n\r\n")
        body = answer.partition(b"\r\n\r\n")[2].decode()
        token = measurement("account", "--url", gateway.address)["token"]
        rates: dict[str, list[float]] = {"nginx": [], "health": [], "balance": []}
        with Nginx(folder / "nginx", body) as nginx:
            for _ in range(3):
                rates["nginx"].append(requests_per_second(nginx.address + "/health"))
                rates["health"].append(requests_per_second(gateway.address + "/health"))
                rates["balance"].append(requests_per_second(gateway.address + "/wallet/balance", token))
        nginx_rate, health, balance = (median(rates[name]) for name in ("nginx", "health", "balance"))
        report.add(
            Figure("/health", health / nginx_rate, "of nginx", 0.5, True, f"{health:,.0f}/s; nginx {nginx_rate:,.0f}/s")
        )
        detail = f"{balance:,.0f}/s, token cached"
        report.add(Figure("GET /wallet/balance", balance / nginx_rate, "of nginx", 0.3, True, detail))


def logins(report: Report, folder: Path) -> None:
    """Logins and signed requests against the cryptography they need; then what a token costs that is seen first."""
    alone = measurement("cryptography", core=SERVER_CORE)
    with Gateway(folder / "logins") as gateway:
        gateway.drain_output()
        load = measurement("logins", "--url", gateway.address, "--clients", "64", "--seconds", "5", "--keep", "2000")
        if "failure" in load:
            raise SystemExit(f"bench: logins: {load['failure']}")
        base = alone["recoverAndSignPerSecond"]
        detail = f"{load['perSecond']:,}/s; alone {base:,}/s"
        report.add(Figure("login, 64 clients", load["perSecond"] / base, "of crypto", 0.4, True, detail))
    with Gateway(folder / "signed") as gateway:
        gateway.drain_output()
        load = measurement("signed", "--url", gateway.address, "--clients", "64", "--each", "400")
        if "failure" in load:
            raise SystemExit(f"bench: signed requests: {load['failure']}")
        base = alone["recoverPerSecond"]
        detail = f"{load['perSecond']:,}/s; alone {base:,}/s"
        name = "ERC-8128 verified requests, 64 clients"
        report.add(Figure(name, load["perSecond"] / base, "of recover", 0.5, True, detail))
    with Gateway(folder / "logins-tokens") as gateway:
        gateway.drain_output()
        tokens = measurement("logins", "--url", gateway.address, "--clients", "8", "--seconds", "1", "--keep", "1000")[
            "tokens"
        ]
        connection = Connection(gateway.address)
        wanted = [connection.request("GET", "/wallet/balance", bearer(token)) for token in tokens]
        first = median(connection.exchange(request)[0] for request in wanted)
        again = median(connection.exchange(request)[0] for request in wanted)
    verification = 1 / alone["verifyPerSecond"]
    detail = f"{first * 1e6:.0f} us, then {again * 1e6:.0f} us; a verification {verification * 1e6:.0f} us"
    report.add(Figure("token seen first: added", (first - again) / verification, "P-256", 1.5, False, detail))


def ledger(report: Report, folder: Path) -> None:
    (folder / "ledger").mkdir()
    rates = measurement("ledger", "--folder", str(folder / "ledger"), "--writers", "64")
    alone, together = rates["onePerCommitPerSecond"], rates["togetherPerSecond"]
    detail = f"{together:,}/s; one a commit {alone:,}/s"
    report.add(Figure("64 ledger writers, synchronous=FULL", together / alone, "times one", 8, True, detail))


class SyncFile:
    """What it takes here to get four kilobytes onto the disk, in a file that need not grow for them."""

    def __init__(self, path: Path):
        self._file = os.open(path, os.O_CREAT | os.O_WRONLY)
        os.write(self._file, b"\0" * (4096 * CHATS))
        os.fsync(self._file)
        self.seconds: list[float] = []

    def write(self) -> None:
        number = len(self.seconds)
        began = time.perf_counter()
        os.pwrite(self._file, b"\1" * 4096, number * 4096)
        os.fdatasync(self._file)
        self.seconds.append(time.perf_counter() - began)


def chat(report: Report, folder: Path) -> None:
    """A chat by the gateway against the same call to the provider's simulator, and what the disk takes, in turns."""
    with Simulator() as simulator, Gateway(folder / "chat", simulator.address) as gateway:
        gateway.drain_output()
        token = measurement("account", "--url", gateway.address)["token"]
        near, far = Connection(gateway.address), Connection(simulator.address)
        call = {
            "model": "claude-haiku-5-5",
            "max_tokens": 1024,
            "stream": True,
            "messages": [{"role": "user", "content": "Say hello."}],
        }
        direct = far.request("POST", "/v1/messages", {"x-api-key": "sk-ant-x", "anthropic-version": "2023-06-01"}, call)
        times: dict[str, list[float]] = {"direct": [], "gateway": []}
        disk = SyncFile(folder / "sync")
        for _ in range(CHATS):
            session = near.ask("POST", "/agents/assistant/sessions", bearer(token), {"model": "haiku"})["id"]
            path = f"/agents/assistant/sessions/{session}/chat"
            request = near.request("POST", path, bearer(token), {"message": "Say hello."})
            disk.write()
            times["direct"].append(far.exchange(direct)[0])
            seconds, answer = near.exchange(request)
            if b'"type":"done"' not in answer:
                raise SystemExit(f"bench: a chat went wrong: {answer[-300:]!r}")
            times["gateway"].append(seconds)
        direct_ms, gateway_ms, sync = (
            median(values) * 1000 for values in (times["direct"], times["gateway"], disk.seconds)
        )
        detail = f"{gateway_ms:.2f} ms; direct {direct_ms:.2f} ms; fsync {sync:.2f} ms"
        report.add(Figure("chat, p50 added", gateway_ms - direct_ms, "ms", 0.3 + 2 * sync, False, detail))


def start(report: Report, folder: Path) -> None:
    """From the start of the process to the line that says it serves; the first time makes the data folder."""
    seconds = []
    for _ in range(STARTS):
        with Gateway(folder / "start") as gateway:
            seconds.append(gateway.start_seconds)
            last = gateway.resident_bytes
    detail = f"the first, with a new data folder: {seconds[0] * 1000:.0f} ms"
    report.add(Figure("start to ready", median(seconds[1:]) * 1000, "ms", 150, False, detail))
    report.add(Figure("idle memory", last / (1 << 20), "MiB", 40, False, ""))


def main() -> int:
    report = Report()
    (TOP / ".build").mkdir(exist_ok=True)
    # On the disk of the build, not in memory: much of this is about what reaching the disk costs.
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=TOP / ".build"))
    try:
        for part in (requests, logins, ledger, chat, start, streams.transport, evidence.judging, evidence.crowd):
            part(report, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    report.save(TOP / ".build" / "bench.json")
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
