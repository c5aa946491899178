"""What a leave does to a due date (rule 12): it adds its days, each day once, and takes back what it has added."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Leave:
	"""
	:param name: of the record
	:param first: the first day of it, in the site's time zone
	:param last: the last day that belongs to it
	"""

	name: str
	first: date
	last: date

	@property
	def length(self) -> int:
		"""Its calendar days, the first and the last included."""
		return (self.last - self.first).days + 1

	def days_since(self, day: date) -> set[date]:
		"""Return its days that are not before another one."""
		begin = max(self.first, day)
		return {begin + timedelta(days=number) for number in range((self.last - begin).days + 1)}


@dataclass(frozen=True)
class Move:
	"""That a due date was moved.

	:param leave: the leave that did it; None for whatever else: a person, a request, something that asks for it earlier
	:param days: by so many, negative for back
	"""

	leave: str | None
	days: int


def standing(moves: Iterable[Move]) -> dict[str, int]:
	"""Return how many days each leave has in a due date, of those that have any.

	Whoever else has set the date since has set it as it is: what leaves had added before is in it no more.

	:param moves: of one assignment, in the order in which they happened
	"""
	found: dict[str, int] = {}
	for move in moves:
		if move.leave is None:
			found.clear()
		elif days := found.pop(move.leave, 0) + move.days:
			found[move.leave] = days
	return found


def days_to_add(leave: Leave, owed_since: date, added: Collection[tuple[Leave, int]]) -> int:
	"""Return by how many days a leave moves a due date. A day on which it meets another leave counts once.

	:param owed_since: the day on which it was assigned: of days before it nothing was lost
	:param added: the other leaves that have moved the date, and by how many days each
	"""
	own = leave.days_since(owed_since)
	together = own.union(*(other.days_since(owed_since) for other, _days in added))
	return max(0, min(len(own), len(together) - sum(days for _other, days in added)))
