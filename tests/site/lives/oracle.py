"""Says what a story makes of everybody's training: which rows there are, how they stand, and what happened to each.

Written from the page of rules (docs/rules.md); it knows neither the app nor Frappe. Where that page is silent, as on the
order of what happens at one moment, it says what the app was found to do. It is told every deed in the order in which it is
done, by the name that the deed has in ``story``, and every run of the day.
"""

from collections import defaultdict
from datetime import date, timedelta

from tests.site.lives.book import Book
from tests.site.lives.records import ONBOARDING, RULE, USER, Cause, Demand, Leave, Person, Request, Row
from tests.site.lives.world import (
	CANCEL,
	CANCEL_NOT_BEGUN,
	COURSES,
	DEPARTMENTS,
	LEAVE_EXTENDS_FROM_DAYS,
	RULES,
	START,
	Course,
	Rule,
)


class Oracle(Book):
	# Deeds

	def rule(self, title: str, enabled: bool) -> None:
		self.rules[title] = enabled
		for person in self.people.values():
			self._ask_rules(person, only=title)

	def hire(self, who: str, joined: date, place: dict[str, str], onboarded: bool) -> None:
		person = self.people[who] = Person(who, joined, dict(place))
		self._ask_rules(person)
		if onboarded:
			person.onboarded = True
			self._ask_rules(
				person,
				[
					Demand(course, Cause(ONBOARDING, ""), self.today + course.days, "Onboarding")
					for course in COURSES.values()
					if course.mandatory
				],
			)

	def transfer(self, who: str, place: dict[str, str]) -> None:
		person = self.people[who]
		person.place |= place
		for row in self._rows_of(who):
			if row.is_open:
				self._move_along(row)
		person.moved_on = self.today
		self._ask_rules(person)

	def exit(self, who: str) -> None:
		person = self.people[who]
		person.active = False
		for row in self._rows_of(who):
			if row.is_open:
				self._cancel(row, "left")

	def back(self, who: str) -> None:
		person = self.people[who]
		person.active = True
		self._ask_rules(person, self._to_take_up_again(person))
		for rows in [rows for (name, _course), rows in self.rows.items() if name == who]:
			standing = [row for row in rows if row.status != "Cancelled" or row.ended_by != "left"]
			if standing and standing[-1].status == "Completed":
				standing[-1].renewed = False

	def onboarding_deleted(self, who: str) -> None:
		self.people[who].onboarded = False
		for row in self._rows_of(who):
			if cause := row.cause(ONBOARDING, ""):
				cause.ended = True
				if row.is_open and not self._is_asked_for(row):
					self._cancel(row, "unasked")

	def learn(self, who: str, course: str, lessons: int) -> None:
		"""Have so many lessons be done, one after the other."""
		done = self.lessons[who, course]
		while len(done) < lessons:
			done.append(self.today)
			row = self._open_row(who, course)
			if row:
				self._follow(row)
		if len(done) >= COURSES[course].lessons:
			self._complete_what_it_counts_like(who, course)

	def sign(self, who: str, course: str) -> None:
		row = self._open_row(who, course)
		self._note(row, "Signed", row.status, "Completed")
		self._complete(row, self.today, row.status)
		self._complete_what_it_counts_like(who, course)

	def waive(self, who: str, course: str, until: date | None) -> None:
		self._waive(self._open_row(who, course), until)

	def withdraw(self, who: str, course: str) -> None:
		row = self._last(who, course)
		self._note(row, "Waiver Withdrawn", "Waived", None)
		self._reopen(row)

	def revoke(self, who: str, course: str) -> None:
		row = self._last(who, course)
		self._note(row, "Revoked", str(row.completed_on), None)
		row.alike_since = max(row.completed_on, self.today - timedelta(days=1))
		row.completed_on = row.valid_until = None
		row.begun = row.learned = False
		self.lessons[who, course] = []
		if self._is_asked_for(row):
			self._reopen(row)
		else:
			self._cancel(row, "revoked")

	def extend(self, who: str, course: str, due: date) -> None:
		self._set_due(self._open_row(who, course), due)

	def cancel(self, who: str, course: str) -> None:
		self._cancel(self._open_row(who, course), "decided")

	def by_hand(self, who: str, course: str, due: date | None) -> None:
		asked = COURSES[course]
		demand = Demand(
			asked, Cause(USER, ""), due or self.today + asked.days, "Manual", chosen=due is not None
		)
		self._ask(self.people[who], [demand])

	def leave(self, name: str, who: str, first: date, last: date) -> None:
		self.leaves[name] = leave = Leave(who, first, last)
		if leave.days < LEAVE_EXTENDS_FROM_DAYS:
			return
		for row in self._rows_of(who):
			if row.is_open and row.due >= first and row.since <= last:
				self._add_leave(name, row, leave.left(max(first, row.since)))

	def leave_cancelled(self, name: str, who: str) -> None:
		leave = self.leaves.pop(name)
		for row in self._rows_of(leave.person):
			days, led_to = row.added.pop(name, (None, None))
			if days and row.is_open and row.due == led_to:
				self._move(row, row.due - days)
				# What other leaves have added stays, and leads to another date.
				row.added = {other: (more, row.due) for other, (more, _led_to) in row.added.items()}

	def leave_amended(self, name: str, who: str, instead: str, first: date, last: date) -> None:
		self.leave_cancelled(name, who)
		self.leave(instead, who, first, last)

	def request(
		self, name: str, who: str, course: str, kind: str, wanted: date | None, completed_on: date | None
	) -> None:
		row = self._open_row(who, course)
		self.requests[name] = Request(row, kind, wanted, completed_on)
		self._note(row, "Requested", None, kind)

	def answer(self, name: str, who: str, grant: bool, due: date | None) -> None:
		request = self.requests.pop(name)
		row = request.row
		self._note(row, "Answered", request.kind, "Granted" if grant else "Refused")
		if not grant:
			return
		if request.kind == "Extension":
			self._set_due(row, due or request.wanted)
		elif request.kind == "Exemption":
			self._waive(row, request.wanted)
		else:
			self._complete(row, request.completed_on, row.status)

	def request_withdrawn(self, name: str, who: str) -> None:
		request = self.requests.pop(name)
		self._note(request.row, "Answered", request.kind, "Withdrawn")

	# What the day brings

	def run(self) -> None:
		for row in self.all_rows():
			ended = row.status == "Waived" and row.waived_until and row.waived_until < self.today
			if ended and self.people[row.person].active and self.is_asked_for_still(row):
				self._reopen(row)
		for person in self.people.values():
			self._renew(person)
			self._ask_rules(person)
		for row in self.open_rows():
			self._follow(row, others=True)

	def _renew(self, person: Person) -> None:
		if not person.active:
			return
		for rows in [rows for (who, _course), rows in self.rows.items() if who == person.name]:
			completed = [row for row in rows if row.status == "Completed"]
			if not completed or any(row.is_open or row.status == "Waived" for row in rows):
				continue
			old = completed[-1]
			course = old.course
			if old.valid_until is None or old.renewed or self.today < old.valid_until - course.window:
				continue
			causes = self._what_still_asks(person, old)
			if not causes:
				continue
			late = self.today > old.valid_until
			due = self.today + course.days if late else old.valid_until
			self._open_next(person, old, due, causes)

	def _what_still_asks(self, person: Person, old: Row) -> list[Cause]:
		"""Return what would let somebody owe a course if they had not done it."""
		asked = {
			cause.key: Cause(*cause.key) for cause in old.causes if self._stands(person, cause, old.course)
		}
		for demand in self._demands_of_rules(person):
			if demand.course is old.course:
				asked.setdefault(demand.cause.key, demand.cause)
		return list(asked.values())

	def is_asked_for_still(self, row: Row) -> bool:
		"""Return whether a waiver hides a debt. What rules think of it they say when they are asked."""
		person = self.people[row.person]
		return any(
			self._stands(person, cause, row.course) or (cause.kind == RULE and not cause.ended)
			for cause in row.causes
		)

	def _stands(self, person: Person, cause: Cause, course: Course) -> bool:
		if not person.active:
			return False
		if cause.kind == RULE:
			return self._fits(RULES[cause.name], person) and course.name in RULES[cause.name].courses
		if cause.kind == ONBOARDING:
			return person.onboarded and course.mandatory
		return not cause.ended

	# Rules

	def _fits(self, rule: Rule, person: Person) -> bool:
		if not self.rules.get(rule.title) or not person.active:
			return False
		if rule.new_hires and person.joined < START and not person.onboarded:
			return False
		if rule.excluded and person.place[rule.excluded[0]] == rule.excluded[1]:
			return False
		return all(
			set(values) & {person.place[kind], DEPARTMENTS.get(person.place[kind])}
			for kind, values in rule.audience.items()
		)

	def _ask_rules(self, person: Person, besides: list[Demand] = (), only: str | None = None) -> None:
		"""Ask the rules of a person, in one asking: what several ask for is one debt.

		:param besides: what is asked for along with that
		:param only: title of the one rule to ask
		"""
		demands: dict[str, list[Demand]] = defaultdict(list)
		for demand in [*self._demands_of_rules(person), *besides]:
			if only in (None, demand.cause.name):
				demands[demand.course.name].append(demand)
		for asked in demands.values():
			self._ask(person, asked)
		for row in self._rows_of(person.name):
			for cause in row.causes:
				if (
					cause.kind == RULE
					and only in (None, cause.name)
					and not cause.ended
					and row.is_open
					and not self._fits(RULES[cause.name], person)
				):
					self._no_longer_fits(row, cause)

	def _demands_of_rules(self, person: Person) -> list[Demand]:
		return [
			Demand(
				COURSES[name],
				Cause(RULE, rule.title),
				self._due_of(rule, COURSES[name], person),
				"Rule",
				rule.counts_within,
			)
			for rule in RULES.values()
			if self._fits(rule, person)
			for name in rule.courses
		]

	def _due_of(self, rule: Rule, course: Course, person: Person) -> date:
		anchor = {"Transfer": person.moved_on, "Date of Joining": person.joined}.get(rule.due_from)
		# What lies before the rule counts from the assignment, like what never was.
		if anchor is None or anchor < START:
			anchor = self.today
		return anchor + (timedelta(days=rule.due_days) if rule.due_days else course.days)

	def _no_longer_fits(self, row: Row, cause: Cause) -> None:
		word = RULES[cause.name].when_it_no_longer_fits
		begun = bool(self.lessons[row.person, row.course.name])
		# What is kept is owed for it still.
		if word == CANCEL or (word == CANCEL_NOT_BEGUN and not begun):
			cause.ended = True
			if not self._is_asked_for(row):
				self._cancel(row, "unasked")

	# What is asked for

	def _ask(self, person: Person, demands: list[Demand]) -> None:
		"""Let a person owe a course, where it is neither owed already nor done.

		:param demands: of one course
		"""
		course = demands[0].course
		rows = self.rows.get((person.name, course.name), [])
		row = self._open_row(person.name, course.name)
		if row:
			self._add_causes(row, demands)
			return
		missing = [demand for demand in demands if not self._is_met(demand, rows)]
		# What alone would be due in the past is an exception; with others it is one more reason.
		dated = [demand for demand in missing if demand.due >= self.today]
		if not dated:
			return
		if rows and rows[-1].status == "Waived":
			return
		due, causes = min(demand.due for demand in dated), [demand.cause for demand in missing]
		completed = [row for row in rows if row.status == "Completed"]
		if completed:
			self._open_next(person, completed[-1], due, causes, dated[0].chosen)
		else:
			self._open(person, course, due, dated[0].source, causes, dated[0].chosen)

	def _is_met(self, demand: Demand, rows: list[Row]) -> bool:
		return any(
			row.counts(self.today)
			and (not demand.within or (self.today - row.completed_on).days <= demand.within)
			for row in rows
		)

	def _open_next(
		self, person: Person, old: Row, due: date, causes: list[Cause], chosen: bool = False
	) -> None:
		"""Open the cycle after one that is completed: it is learned again whole."""
		self.lessons[person.name, old.course.name] = []
		old.renewed = True
		new = self._open(person, old.course, due, "Renewal", causes, chosen)
		self._note(old, "Renewed", str(old.valid_until) if old.valid_until else None, str(new.cycle))

	def _open(
		self,
		person: Person,
		course: Course,
		due: date,
		source: str,
		causes: list[Cause],
		chosen: bool = False,
	) -> Row:
		rows = self.rows[person.name, course.name]
		row = Row(
			person.name, course, len(rows) + 1, due, source, self.today, dict(person.place), causes=causes
		)
		rows.append(row)
		self._note(row, "Assigned", None, str(due))
		# What is done already needs no more days.
		if not chosen and not self._is_done_already(row):
			self._add_leaves_left(row)
		self._follow(row, new=True, others=True)
		return row

	def _add_causes(self, row: Row, demands: list[Demand]) -> None:
		dates = []
		for demand in demands:
			known = next((cause for cause in row.causes if cause.key == demand.cause.key), None)
			if known and not known.ended:
				continue
			if known:
				known.ended = False
			else:
				row.causes.append(demand.cause)
			# Who set a date knew what asked for it then.
			if demand.due >= self.today and demand.cause.key not in row.set_knowing:
				dates.append(demand.due)
		if dates and min(dates) < row.due:
			self._move(row, min(dates))

	def _to_take_up_again(self, person: Person) -> list[Demand]:
		"""Return what asks again for what was cancelled as somebody left; rules speak for themselves."""
		return [
			Demand(
				rows[-1].course,
				Cause(*cause.key),
				self.today + rows[-1].course.days,
				"Onboarding" if cause.kind == ONBOARDING else "Manual",
			)
			for (who, _course), rows in self.rows.items()
			if who == person.name and rows[-1].ended_by == "left"
			for cause in rows[-1].causes
			if cause.kind != RULE and self._stands(person, cause, rows[-1].course)
		]
