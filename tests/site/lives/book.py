"""What becomes of one debt, however it was made: lessons, dates, decisions and answers, and what is written of these."""

from collections import defaultdict
from datetime import date, timedelta

from tests.site.lives.records import KEPT, Leave, Person, Request, Row
from tests.site.lives.world import COURSES, LEAVE_EXTENDS_FROM_DAYS, PREVIOUS_EXPIRY, START


class Book:
	"""All debts of all people, as they stand today."""

	def __init__(self):
		self.today = START
		self.people: dict[str, Person] = {}
		self.rules: dict[str, bool] = {}
		self.rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
		# The days on which somebody completed lessons of a course, since it was last begun anew.
		self.lessons: dict[tuple[str, str], list[date]] = defaultdict(list)
		self.leaves: dict[str, Leave] = {}
		self.requests: dict[str, Request] = {}

	def all_rows(self) -> list[Row]:
		return [row for rows in self.rows.values() for row in rows]

	def open_rows(self) -> list[Row]:
		return [row for row in self.all_rows() if row.is_open]

	def _note(self, row: Row, kind: str, before: str | None, after: str | None) -> None:
		row.events.append((self.today, kind, before, after))

	def _follow(self, row: Row, new: bool = False, others: bool = False) -> None:
		"""Let an open row stand as lessons and the day say.

		:param new: whether it had no status before
		:param others: whether to look at the courses that count like this one
		"""
		done = self.lessons[row.person, row.course.name]
		before = None if new else row.status
		row.status = self._derived(row, done)
		if done and not row.begun:
			row.begun = True
			self._note(row, "Begun", before, row.status)
		if row.status == "Awaiting Signature" and not row.learned:
			self._note(row, "Learned", before, row.status)
		row.learned = len(done) >= row.course.lessons
		alike = self._done_alike(row)
		if row.status == "Completed":
			self._complete(row, done[-1], before)
		elif others and alike:
			self._complete(row, alike, before)
		elif row.status == "Overdue" != before:
			self._note(row, "Overdue", before, row.status)

	def _is_done_already(self, row: Row) -> bool:
		"""Return whether a new row is done as it is made."""
		done = self.lessons[row.person, row.course.name]
		return self._derived(row, done) == "Completed" or bool(self._done_alike(row))

	def _done_alike(self, row: Row) -> date | None:
		"""Return when the course that counts like that of a row was done the last time, where that completes the row."""
		day = self._last_done_alike(row)
		return day if day and day > row.alike_since else None

	def _last_done_alike(self, row: Row) -> date | None:
		who, other = row.person, COURSES.get(row.course.counts_like)
		if not other:
			return None
		if other.statement:
			signed = [
				each.completed_on
				for each in self.rows.get((who, other.name), ())
				if each.status == "Completed" and each.learned
			]
			return max(signed, default=None)
		done = self.lessons[who, other.name]
		return done[-1] if len(done) >= other.lessons else None

	def _derived(self, row: Row, done: list[date]) -> str:
		if len(done) >= row.course.lessons:
			return "Awaiting Signature" if row.course.statement else "Completed"
		if row.due < self.today:
			return "Overdue"
		return "In Progress" if done else "Pending"

	def _complete(self, row: Row, on: date, before: str | None) -> None:
		self._note(row, "Completed", before, "Completed")
		row.status, row.completed_on = "Completed", on
		row.valid_until = self._valid_until(row)
		self._close_requests(row)

	def _valid_until(self, row: Row) -> date | None:
		course = row.course
		if not course.validity:
			return None
		begins = row.completed_on
		if course.renew_from == PREVIOUS_EXPIRY:
			before = [
				other.valid_until
				for other in self.rows[row.person, course.name]
				if other.status == "Completed" and other is not row
			]
			if before and before[-1] - course.window <= row.completed_on <= before[-1]:
				begins = before[-1]
		return begins + timedelta(days=course.validity)

	def _complete_what_it_counts_like(self, who: str, course: str) -> None:
		for other in COURSES.values():
			row = self._open_row(who, other.name) if other.counts_like == course else None
			if row and self._done_alike(row):
				self._follow(row, others=True)

	def _move(self, row: Row, due: date) -> None:
		if due == row.due:
			return
		self._note(row, "Due Date Moved", str(row.due), str(due))
		row.due = due
		self._follow(row)

	def _set_due(self, row: Row, due: date) -> None:
		row.set_knowing = tuple(cause.key for cause in row.causes)
		row.added.clear()
		self._move(row, due)

	def _add_leaves_left(self, row: Row) -> None:
		"""Give whoever is on leave what is left of it, to learn what is owed from today on."""
		for name, leave in self.leaves.items():
			on_leave = leave.person == row.person and leave.first <= self.today <= leave.last
			if on_leave and leave.days >= LEAVE_EXTENDS_FROM_DAYS:
				self._add_leave(name, row, leave.left(self.today))

	def _add_leave(self, name: str, row: Row, days: timedelta) -> None:
		row.set_knowing = tuple(cause.key for cause in row.causes)
		due = row.due + days
		row.added = {other: (more, due) for other, (more, _led_to) in row.added.items()} | {name: (days, due)}
		self._move(row, due)

	def _waive(self, row: Row, until: date | None) -> None:
		self._note(row, "Waived", row.status, "Waived")
		row.status, row.waived_until = "Waived", until
		self._close_requests(row)

	def _reopen(self, row: Row) -> None:
		due = self.today + row.course.days
		if due != row.due:
			self._note(row, "Due Date Moved", str(row.due), str(due))
		row.due, row.waived_until, row.since = due, None, self.today
		done = self.lessons[row.person, row.course.name]
		before, row.status = row.status, "In Progress" if done else "Pending"
		if row.course.statement and len(done) >= row.course.lessons:
			row.status = "Awaiting Signature"
		self._note(row, "Reopened", before, row.status)
		# This date nobody has set.
		row.set_knowing = ()
		row.added.clear()
		self._add_leaves_left(row)
		self._move_along(row)
		self._follow(row)

	def _cancel(self, row: Row, ended_by: str) -> None:
		self._note(row, "Cancelled", row.status, "Cancelled")
		row.status, row.ended_by = "Cancelled", ended_by
		self._close_requests(row)

	def _close_requests(self, row: Row) -> None:
		"""Withdraw what was asked about a row that is settled: it needs no answer any more."""
		for name, request in list(self.requests.items()):
			if request.row is row:
				self.request_withdrawn(name, row.person)

	def _move_along(self, row: Row) -> None:
		"""Let an open row be where its person is."""
		place = self.people[row.person].place
		moved = [kind for kind in KEPT if row.place[kind] != place[kind]]
		if moved:
			before, after = (", ".join(each[kind] for kind in moved) for each in (row.place, place))
			self._note(row, "Handed Over", before, after)
			row.place = dict(place)

	def _is_asked_for(self, row: Row) -> bool:
		return any(not cause.ended for cause in row.causes)

	# Finding

	def _rows_of(self, who: str) -> list[Row]:
		return [row for (person, _course), rows in self.rows.items() if person == who for row in rows]

	def _last(self, who: str, course: str) -> Row:
		return self.rows[who, course][-1]

	def _open_row(self, who: str, course: str) -> Row | None:
		return next((row for row in self.rows.get((who, course), ()) if row.is_open), None)
