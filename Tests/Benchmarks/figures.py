"""The figures: what was measured, what is asked for, and by how much it was met or missed."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass
class Figure:
    name: str
    value: float
    unit: str
    target: float | None = None
    """None for a figure that is printed to be known, not to be held."""
    at_least: bool = False
    detail: str = ""

    @property
    def is_met(self) -> bool:
        if self.target is None:
            return True
        return self.value >= self.target if self.at_least else self.value <= self.target

    @property
    def verdict(self) -> str:
        if self.target is None:
            return "     "
        return "PASS " if self.is_met else "MISS "

    @property
    def margin(self) -> str:
        """By how much, in per cent of the target."""
        if not self.target:
            return ""
        share = self.value / self.target - 1
        better = share if self.at_least else -share
        return f"{abs(share):.0%} {'better' if better >= 0 else 'short'}"

    def line(self) -> str:
        bound = ""
        if self.target is not None:
            bound = f"{'at least' if self.at_least else 'at most'} {self.target:g}, {self.margin}"
        return f"{self.verdict}{self.name:<52} {self.value:>9.3g} {self.unit:<10} {bound:<28} {self.detail}".rstrip()


class Report:
    """Prints each figure as it is found, and keeps all of them for the file."""

    def __init__(self):
        self.figures: list[Figure] = []

    def add(self, figure: Figure) -> None:
        self.figures.append(figure)
        print(figure.line(), flush=True)

    def save(self, path: Path) -> None:
        path.write_text(json.dumps([asdict(figure) for figure in self.figures], indent=1) + "\n")

    def finish(self) -> int:
        """The last line, and the exit status: a missed figure is said, not hidden, and does not fail the run."""
        held = [figure for figure in self.figures if figure.target is not None]
        met = sum(figure.is_met for figure in held)
        print(f"bench: {met} of {len(held)} figures met")
        return 0 if held else 1
