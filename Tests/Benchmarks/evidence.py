"""What judging evidence costs, and what a crowd that asks for evidence does to everybody else."""

import secrets
import socket
import threading
import time
from pathlib import Path

from connection import Connection
from figures import Figure, Report
from programs import LOAD_CORE, PROGRAMS, SERVER_CORE, Gateway, Program, measurement

CALLERS = 200


class Device(Program):
    """A simulated SEV-SNP guest, whose device is a file in `folder`."""

    def __init__(self, folder: Path):
        folder.mkdir()
        self.path = folder / "sev-guest"
        self.path.touch()
        self.control = folder / "control"
        super().__init__(
            [PROGRAMS / "sev-guest-simulator", "--sev-guest", self.path, "--control", self.control]
            + ["--keys", PROGRAMS / "fixture-keys", "--die-with-parent"],
            LOAD_CORE,
        )
        self.line("ready")

    def calls(self) -> int:
        """Requests that have reached the firmware."""
        with socket.socket(socket.AF_UNIX) as caller:
            caller.connect(str(self.control))
            caller.sendall(b"calls\n")
            return int(caller.recv(64))


def judging(report: Report, _: Path) -> None:
    rates = measurement("evidence", core=SERVER_CORE)
    verify = 1 / rates["verifyPerSecond"]
    cached, whole = 1 / rates["judgePerSecond"], 1 / rates["judgeFromDERPerSecond"]
    detail = f"{cached * 1e3:.2f} ms; one verification {verify * 1e3:.2f} ms"
    report.add(Figure("judging a bundle, chain cached", cached / verify, "P-384", 1.5, False, detail))
    report.add(Figure("judging a bundle, whole chain", whole * 1e3, "ms", 3, False, "from DER"))


def crowd(report: Report, folder: Path) -> None:
    """200 strangers ask at once, again and again for some seconds; somebody else looks at /health meanwhile."""
    (PROGRAMS / "fixture-keys").mkdir(exist_ok=True)
    with Device(folder / "device") as device:
        settings = {"SEALGATE_SEV_DEVICE": "sev-guest", "SEALGATE_SEV_GUEST_PATH": str(device.path)}
        with Gateway(folder / "crowd", settings=settings | {"SEALGATE_KDS_URL": "off"}) as gateway:
            gateway.drain_output()
            begun, calls = time.monotonic(), device.calls()
            answered, failed, end = [], [], begun + 5

            def ask() -> None:
                connection = Connection(gateway.address)
                while time.monotonic() < end:
                    nonce = secrets.token_hex(32)
                    path = f"/api/attestation/report?nonce={nonce}"
                    _, answer = connection.exchange(connection.request("GET", path, {}))
                    (answered if nonce.encode() in answer else failed).append(nonce)

            callers = [threading.Thread(target=ask) for _ in range(CALLERS)]
            for caller in callers:
                caller.start()
            watcher = Connection(gateway.address)
            look = watcher.request("GET", "/health", {})
            looks = []
            while time.monotonic() < end:
                looks.append(watcher.exchange(look)[0])
                time.sleep(0.005)  # pause: the looks are to lie over all of the time
            for caller in callers:
                caller.join()
            seconds = time.monotonic() - begun
            used = device.calls() - calls
            p99 = sorted(looks)[len(looks) * 99 // 100]
    if failed:
        raise SystemExit(f"bench: {len(failed)} of {CALLERS} callers got no evidence over their nonce")
    detail = f"{len(answered)} answers to {CALLERS} callers in {seconds:.1f} s"
    report.add(Figure("device calls a second", used / seconds, "", 1.05, False, detail))
    report.add(Figure("/health meanwhile, p99", p99 * 1e3, "ms", 5, False, f"{len(looks)} looks"))
