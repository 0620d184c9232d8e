"""The model provider's stand-in: a program of this repository that speaks the Anthropic Messages API."""

import httpx

from .service import PATIENCE_SECONDS, PROGRAMS, Service


class Simulator:
    def __init__(self):
        self.service = Service(
            [str(PROGRAMS / "provider-simulator"), "--port", "0", "--host", "127.0.0.1", "--die-with-parent"]
        )
        self.address = self.service.line(lambda line: line.startswith("http://"))
        self._client = httpx.Client(base_url=self.address, timeout=PATIENCE_SECONDS, trust_env=False)

    def calls(self, **query: int) -> dict[str, int]:
        """How many calls were started, finished, cancelled by their client and broken off, and how many are open."""
        return self._client.get("/simulator/calls", params=query).raise_for_status().json()

    @property
    def started(self) -> int:
        return self.calls()["started"]

    def wait_for_cancelled(self, count: int) -> None:
        """Returns once so many calls were cancelled by their client, since the start."""
        self.calls(cancelled=count)

    def stop(self) -> None:
        self._client.close()
        self.service.stop()


def simulate(scenario: str) -> str:
    """The beginning of a message that tells the simulator what to do; its page at / lists the words."""
    return f"[simulate {scenario}] "


HOLD = simulate("stall-after=2")
"""Two words, and then silence for as long as the gateway stays."""
