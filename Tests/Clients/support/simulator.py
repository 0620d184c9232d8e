"""The model provider's stand-in: a program of this repository that speaks the Anthropic Messages API."""

import time

import httpx

from .service import PATIENCE_SECONDS, PROGRAMS, Service


class Simulator:
    def __init__(self):
        self.service = Service(
            [str(PROGRAMS / "provider-simulator"), "--port", "0", "--host", "127.0.0.1", "--die-with-parent"]
        )
        self.address = self.service.line(lambda line: "http://" in line).split()[-1]
        self._client = httpx.Client(base_url=self.address, timeout=PATIENCE_SECONDS, trust_env=False)

    def calls(self) -> list[dict]:
        """What the simulator was asked so far, oldest first."""
        return self._client.get("/simulator/calls").raise_for_status().json()["calls"]

    def call_in_state(self, index: int, state: str) -> dict:
        """Waits until a call has come to a state. The simulator has no way to tell, so it is asked again."""
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            calls = self.calls()
            if len(calls) > index and calls[index]["state"] == state:
                return calls[index]
            assert time.monotonic() < end, f"call {index} never came to {state}: {calls[index:]}"
            time.sleep(0.01)  # pause: between two looks

    def stop(self) -> None:
        self._client.close()
        self.service.stop()
