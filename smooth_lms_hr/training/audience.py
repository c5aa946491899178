"""Whom a rule is for: lines of one kind are alternatives, all kinds must hold, and what is excluded is taken away (rule 10)."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

DEPARTMENT = "Department"
EMPLOYEE = "Employee"
# What a line of an audience can name, in the order in which a person is asked about it.
KINDS = (
	"Company", DEPARTMENT, "Designation", "Branch", "Employee Grade", "Employment Type", EMPLOYEE
)  # fmt: skip

# What a person is, by kind. A department stands with all departments above it, the own one first.
Traits = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Line:
	kind: str
	value: str
	exclude: bool = False


@dataclass(frozen=True)
class Mismatch:
	"""Why an audience leaves a person out.

	:param has: what the person is, None for nothing
	:param values: what would have to be; of what is excluded, what takes the person away
	"""

	kind: str
	has: str | None
	values: tuple[str, ...]
	excluded: bool = False


class Audience:
	"""The lines of a rule, ready to be asked about very many people."""

	def __init__(self, lines: Collection[Line]):
		self._wanted: dict[str, set[str]] = defaultdict(set)
		self._excluded: dict[str, set[str]] = defaultdict(set)
		for line in lines:
			(self._excluded if line.exclude else self._wanted)[line.kind].add(line.value)

	@property
	def wanted(self) -> Mapping[str, Collection[str]]:
		"""What a person must be, by kind: any of these values."""
		return self._wanted

	def mismatch(self, traits: Traits) -> Mismatch | None:
		"""Return why a person is left out, None for who is meant."""
		for kind in KINDS:
			has = traits.get(kind, ())
			own = has[0] if has else None
			if (wanted := self._wanted.get(kind)) and wanted.isdisjoint(has):
				return Mismatch(kind, own, tuple(sorted(wanted)))
			if (excluded := self._excluded.get(kind)) and not excluded.isdisjoint(has):
				return Mismatch(kind, own, tuple(sorted(excluded.intersection(has))), excluded=True)
		return None
