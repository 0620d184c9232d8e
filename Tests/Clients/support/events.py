"""Server-sent events as httpx delivers them."""

import json
from collections.abc import Iterator

import httpx


class EventStream:
    """The events of one answer. Reading goes no further than asked, so a test can act between two events."""

    def __init__(self, response: httpx.Response):
        self.response = response
        self.comments: list[str] = []
        self._events = self._parse()

    def _parse(self) -> Iterator[dict]:
        data: list[str] = []
        for line in self.response.iter_lines():
            if line.startswith(":"):
                self.comments.append(line)
            elif line.startswith("data:"):
                data.append(line.removeprefix("data:").removeprefix(" "))
            elif line == "" and data:
                yield json.loads("\n".join(data))
                data = []

    def next(self) -> dict:
        """The next event; fails when there is none."""
        return next(self._events)

    def rest(self) -> list[dict]:
        """All events still to come."""
        return list(self._events)


def text_of(events: list[dict]) -> str:
    """The answer that the events spell out."""
    return "".join(event["data"] for event in events if event["type"] == "text")
