"""What the benchmarks measured, as rows of one table; each hands over its own, whoever started it."""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass

# Where ``benchmarks.all`` waits for the rows of a benchmark that it started.
WANTED_AT = "BENCHMARK_ROWS"
HEADS = {
	"what": "what",
	"size": "size",
	"plain": "plain loop",
	"ours": "this app",
	"ratio": "ratio",
	"growth": "exponent",
	"memory": "peak MB",
	"queries": "queries",
	"times": "repeated",
}


@dataclass(frozen=True)
class Row:
	"""
	:param plain: what it is compared with, and ``ours``, with their units
	:param ratio: of the time of ``plain``
	:param growth: time is as the size to the power of so much, from the size before
	:param memory: at most held beside what was there, in MB
	:param times: of how many the figures are the medians
	"""

	what: str
	size: str
	ours: str
	times: int
	plain: str = ""
	ratio: float | None = None
	growth: float | None = None
	memory: float | None = None
	queries: float | None = None

	def cells(self) -> list[str]:
		digits = {"ratio": ".3g", "growth": ".2f", "memory": ".0f", "queries": "g"}
		found = asdict(self)
		return [
			"" if found[key] is None else format(found[key], digits.get(key, "")).replace("|", "/")
			for key in HEADS
		]


def hand_over(rows: Iterable[Row]) -> None:
	"""Write rows for who waits for them, if anybody does."""
	if path := os.environ.get(WANTED_AT):
		with open(path, "a") as file:
			file.writelines(json.dumps(asdict(row)) + "\n" for row in rows)


def read(path: str) -> list[Row]:
	with open(path) as file:
		return [Row(**json.loads(line)) for line in file]


def as_markdown(rows: Iterable[Row]) -> str:
	lines = [list(HEADS.values()), ["---"] * len(HEADS), *(row.cells() for row in rows)]
	return "\n".join(f"| {' | '.join(line)} |" for line in lines)
