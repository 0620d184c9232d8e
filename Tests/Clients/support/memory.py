"""The memory of a running process, searched from outside as root."""

import base64
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PIECE = 4 << 20


@dataclass(frozen=True)
class Region:
    start: int
    end: int
    name: str
    flags: frozenset[str]

    @property
    def is_guarded(self) -> bool:
        """Locked, left out of dumps, and not given to children: the arena of secrets."""
        return {"lo", "dd", "dc"} <= self.flags


@dataclass(frozen=True)
class Hit:
    what: str
    address: int
    region: Region
    around: bytes

    def __repr__(self) -> str:
        return f"{self.what} at {self.address:#x} in {self.region.name or 'anonymous memory'}: {self.around!r}"


def regions(pid: int) -> Iterator[Region]:
    """Every readable mapping; `vvar` and its like are the kernel's own."""
    head = None
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        found = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+\s*(.*)", line)
        if found:
            head = found
        elif line.startswith("VmFlags:") and head and head[3].startswith("r") and not head[4].startswith("[v"):
            yield Region(int(head[1], 16), int(head[2], 16), head[4], frozenset(line.split()[1:]))


def forms(secret: bytes) -> set[bytes]:
    """How the bytes may lie there: as they are, in hex, and in base64 at each place of a group."""
    found = {secret, secret.hex().encode(), secret.hex().upper().encode()}
    for offset in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            digits = encode(b"\0" * offset + secret)
            found.add(digits[(8 * offset + 5) // 6 : 8 * (offset + len(secret)) // 6])
    return found


def search(pid: int, secrets: dict[str, bytes]) -> list[Hit]:
    """Every place where one of the secrets lies, in any form."""
    wanted = [(name, form) for name, secret in secrets.items() for form in forms(secret)]
    overlap = max(len(form) for _, form in wanted)
    hits = []
    memory = os.open(f"/proc/{pid}/mem", os.O_RDONLY)
    try:
        for region in regions(pid):
            position = region.start
            while position < region.end:
                try:
                    piece = os.pread(memory, min(PIECE, region.end - position), position)
                except OSError:
                    break
                if not piece:
                    break
                for name, form in wanted:
                    at = piece.find(form)
                    while at >= 0:
                        around = piece[max(0, at - 24) : at + 8]
                        hits.append(Hit(name, position + at, region, around))
                        at = piece.find(form, at + 1)
                if position + len(piece) >= region.end:
                    break
                position += max(1, len(piece) - overlap + 1)
    finally:
        os.close(memory)
    return hits
