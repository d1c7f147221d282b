"""Figures with their spread, the targets they are held to, and the tables they are shown in."""

import statistics
from dataclasses import dataclass, field


@dataclass
class Samples:
    """The same quantity, measured several times."""

    values: list

    @property
    def median(self):
        return statistics.median(self.values)

    def text(self, digits):
        if len(self.values) == 1:
            return f"{self.median:,.{digits}f}"
        low, high = min(self.values), max(self.values)
        return f"{self.median:,.{digits}f} ({low:,.{digits}f} .. {high:,.{digits}f})"


@dataclass
class Row:
    """What one peer showed: its figure and, round by round, its ratio to others."""

    peer: str
    figure: Samples
    ratios: dict = field(default_factory=dict)


@dataclass
class Verdict:
    """A target and whether the median keeps it."""

    text: str
    value: float
    limit: float

    @property
    def passed(self):
        return self.value <= self.limit

    def line(self):
        return f"{'PASS' if self.passed else 'MISS'}  {self.text}: {self.value:,.2f}, at most {self.limit:g}"


@dataclass
class Table:
    """One scenario's outcome."""

    scenario: str
    title: str
    unit: str
    digits: int
    rows: list
    verdicts: list = field(default_factory=list)
    notes: list = field(default_factory=list)

    def markdown(self):
        named = {base for row in self.rows for base in row.ratios}
        bases = [row.peer for row in self.rows if row.peer in named]
        head = ["peer", self.unit, *[f"against {base}" for base in bases]]
        lines = [head, ["---"] * len(head)]
        for row in self.rows:
            ratios = [row.ratios[base].text(2) if base in row.ratios else "" for base in bases]
            lines.append([row.peer, row.figure.text(self.digits), *ratios])
        text = [f"### {self.title}", ""]
        text += ["| " + " | ".join(cells) + " |" for cells in lines]
        if self.verdicts or self.notes:
            text.append("")
        text += [f"- {verdict.line()}" for verdict in self.verdicts]
        text += [f"- {note}" for note in self.notes]
        return "\n".join(text) + "\n"

    def data(self):
        """For `--json`: everything, the single values included."""
        return {
            "scenario": self.scenario,
            "title": self.title,
            "unit": self.unit,
            "rows": [
                {
                    "peer": row.peer,
                    "median": row.figure.median,
                    "values": row.figure.values,
                    "ratios": {
                        base: {"median": ratio.median, "values": ratio.values}
                        for base, ratio in row.ratios.items()
                    },
                }
                for row in self.rows
            ],
            "verdicts": [
                {"text": v.text, "value": v.value, "limit": v.limit, "passed": v.passed}
                for v in self.verdicts
            ],
            "notes": self.notes,
        }


def row_of(rows, peer):
    """The row of one peer, or None if it was not measured."""
    return next((row for row in rows if row.peer == peer), None)
