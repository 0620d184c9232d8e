"""The gateway under test."""

import os
import ssl
from pathlib import Path

import httpx

from .service import PATIENCE_SECONDS, PROGRAMS, Service

ORIGIN = "https://gateway.example"
"""Named in every signed text; fixed, so that a gateway that restarts on another port is still the same one."""


class Gateway:
    """A gateway with a data folder, which can be stopped and started again."""

    def __init__(self, data: Path, provider: str, wrapper: list[str] | None = None, **settings: str):
        self.data = data
        self._wrapper = wrapper or []
        self._settings = {
            "SEALGATE_MODE": "development",
            "SEALGATE_LISTEN": "127.0.0.1:0",
            "SEALGATE_PUBLIC_ORIGIN": ORIGIN,
            "SEALGATE_DATA_DIR": str(data),
            "SEALGATE_ANTHROPIC_URL": provider,
            "SEALGATE_EGRESS_ALLOW": "127.0.0.0/8",
            "SEALGATE_RATE_LIMITS": "off",
            **settings,
        }
        self.runs: list[Service] = []
        self._clients: list[httpx.Client] = []
        self.start()

    def start(self) -> None:
        """Starts the program and waits until it serves."""
        self.runs.append(Service([*self._wrapper, str(PROGRAMS / "sealgate"), "serve"], self._settings))
        self.ready = self.service.event("ready")
        self.address: str = self.ready["address"]

    @property
    def service(self) -> Service:
        """The latest run."""
        return self.runs[-1]

    def restart(self) -> None:
        """A planned restart."""
        assert self.service.stop() == 0, self.service.transcript
        self.start()

    def crash(self) -> None:
        """A restart after the power was cut."""
        self.service.kill()
        self.start()

    def client(self, verify: ssl.SSLContext | bool = True) -> httpx.Client:
        client = httpx.Client(base_url=self.address, timeout=PATIENCE_SECONDS, verify=verify, trust_env=False)
        self._clients.append(client)
        return client

    def close(self) -> None:
        """Ends the gateway and every connection to it."""
        for client in self._clients:
            client.close()
        self.service.stop()

    @property
    def pid(self) -> int:
        return self.service.process.pid

    def files(self) -> dict[str, bytes]:
        """Everything in the data folder."""
        found = {}
        for folder, _, names in os.walk(self.data):
            for name in names:
                path = Path(folder, name)
                found[str(path.relative_to(self.data))] = path.read_bytes()
        return found
