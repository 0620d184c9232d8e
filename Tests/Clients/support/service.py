"""A program under test, running."""

import json
import os
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

PROGRAMS = Path(os.environ.get("SEALGATE_PROGRAMS", Path(__file__).parents[3] / ".build" / "debug"))

PATIENCE_SECONDS = 20
"""Longest wait for anything that should take milliseconds: a loaded machine is slow, a hang is for ever."""


class Service:
    """A process whose output lines are kept as they come, so that tests can wait for one of them."""

    def __init__(self, command: list[str], environment: dict[str, str] | None = None):
        self._changed = threading.Condition()
        self.output: list[str] = []
        self.complaints: list[str] = []
        plain = {name: value for name, value in os.environ.items() if not name.startswith("SEALGATE_")}
        plain.pop("ANTHROPIC_API_KEY", None)
        self.process = subprocess.Popen(
            command,
            env=plain | (environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        self._readers = [
            threading.Thread(target=self._read, args=pair, daemon=True)
            for pair in ((self.process.stdout, self.output), (self.process.stderr, self.complaints))
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, stream, lines: list[str]) -> None:
        with stream:
            for line in stream:
                with self._changed:
                    lines.append(line.rstrip("\n"))
                    self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()

    def line(self, wanted: Callable[[str], bool]) -> str:
        """Waits for an output line; fails at once when the process ends without it."""

        def found() -> str | None:
            return next((line for line in self.output if wanted(line)), None)

        with self._changed:
            self._changed.wait_for(
                lambda: found() is not None or not any(reader.is_alive() for reader in self._readers),
                timeout=PATIENCE_SECONDS,
            )
            line = found()
        assert line is not None, f"no such line; it said:\n{self.transcript}"
        return line

    def event(self, name: str) -> dict:
        """Waits for the JSON line of an event."""
        return json.loads(self.line(lambda line: _event_name(line) == name))

    @property
    def transcript(self) -> str:
        return "\n".join(self.output + self.complaints)

    @property
    def events(self) -> list[dict]:
        """All output lines so far; each must be a JSON object."""
        return [json.loads(line) for line in list(self.output)]

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def wait(self) -> int:
        """Waits until the process has ended and all it said has been read."""
        status = self.process.wait(PATIENCE_SECONDS)
        for reader in self._readers:
            reader.join(PATIENCE_SECONDS)
        return status

    def kill(self) -> None:
        """Ends the process as a power cut would."""
        self.process.kill()
        self.wait()

    def stop(self) -> int:
        """Asks the process to end, and waits."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.wait()
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"did not stop when asked:\n{self.transcript}") from None


def _event_name(line: str) -> str | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value.get("event") if isinstance(value, dict) else None
