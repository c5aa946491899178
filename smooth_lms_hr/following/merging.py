"""Two users or two courses become one: so do their assignments (rule 14).

Between its events before_rename and after_rename Frappe moves every Link column by one UPDATE. So that this one never
meets the unique index over (member, course, cycle), the cycles of what is moved are turned negative before it, which
no other row is. That also tells, after it, which rows were the other's. Only then is anything decided: the desk fires
before_rename once when a rename is asked for, with nothing renamed, and again in the job that does it.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.utils import flt, get_datetime, getdate
from pypika.terms import ValueWrapper

from smooth_lms_hr.assigning import assignments, causes
from smooth_lms_hr.following import learning_doubles, progress
from smooth_lms_hr.record import events, ledger, reasons
from smooth_lms_hr.sources import facts, learning
from smooth_lms_hr.sources.attempts import attempt
from smooth_lms_hr.sources.names import ASSIGNMENT, ENROLLMENT, REQUEST
from smooth_lms_hr.training import standing
from smooth_lms_hr.training.standing import MergedAssignment
from smooth_lms_hr.training.status import CANCELLED

PAIRS_PER_STEP = 300
# Further away than any cycle: where the new numbers wait until the old ones are gone.
ASIDE = 1_000_000

# The column of an assignment that a merge moves, and the one that makes it one of a pair with it.
MOVES = {"User": ("member", "course"), "LMS Course": ("course", "member")}
# What we keep of a record beside its name.
TITLES = {
	"User": ("member", "member_name", "full_name"),
	"LMS Course": ("course", "course_title", "title"),
	"Employee": ("employee", "employee_name", "employee_name"),
}


@dataclass
class Preparation:
	"""What was put out of the way of a merge, and is put back where the merge does not follow.

	:param lessons: of the two users; None for courses, whose lessons differ
	:param notices: what both users were told
	:param asked: what both users have assigned to the same people
	"""

	doctype: str
	old: str
	lessons: learning_doubles.Lessons | None
	notices: list[str]
	asked: list[frappe._dict]
	done: bool = False

	def take_back(self) -> None:
		if self.done:
			return
		moved, _other = MOVES[self.doctype]
		_turn_cycles(moved, self.old, back=True)
		if self.lessons:
			learning_doubles.put_back(self.lessons)
		ledger.put_back(self.notices, self.old)
		causes.put_back(self.asked)


def prepare(doctype: str, old: str, new: str) -> None:
	"""Make way for a merge, before Frappe moves anything.

	:param doctype: User or LMS Course
	:param old: the record that is merged away
	:param new: the one that remains
	"""
	moved, _other = MOVES[doctype]
	_turn_cycles(moved, old)
	lessons, notices, asked = None, [], []
	if doctype == "User":
		lessons, notices = learning_doubles.set_apart(old, new), ledger.set_apart(old, new)
		asked = causes.set_apart(old, new)
	preparation = Preparation(doctype, old, lessons, notices, asked)
	_preparations().setdefault((doctype, old, new), []).append(preparation)
	frappe.db.before_commit.add(preparation.take_back)


def settle(doctype: str, old: str, new: str) -> None:
	"""Make one assignment of two, once everything has moved.

	:param doctype: User or LMS Course
	:param old: the record that was merged away
	:param new: the one that remains
	"""
	lessons = _end_preparation(doctype, old, new)
	moved, other = MOVES[doctype]
	after = ""
	while others := _still_aside(moved, new, other, after):
		pairs = _lock_assignments(moved, new, other, others)
		gone = _settle_pairs(pairs, doctype, old, new)
		if lessons:
			learning_doubles.take_back_spent(
				new, lessons, {course: standing.spent_on(of, gone) for (_member, course), of in pairs.items()}
			)
		after = others[-1]
	doubled = _keep_one_enrolment(moved, new, other)
	follow_title(doctype, new)
	if lessons:
		_follow_lessons(new, lessons.shared | (doubled & lessons.left.keys()))


def follow_title(doctype: str, name: str) -> None:
	"""Let assignments and requests say the name of the person, or the title of the course, that remains."""
	link, ours, theirs = TITLES[doctype]
	title = frappe.db.get_value(doctype, name, theirs)
	for doctype in (ASSIGNMENT, REQUEST):
		frappe.db.set_value(doctype, {link: name}, ours, title, update_modified=False)


def part_from_others_enrolment(enrollment: str) -> None:
	"""Let assignments of another person or course than an enrolment's, which was merged into it, forget it.

	The daily run finds them their own.
	"""
	own = frappe.db.get_value(ENROLLMENT, enrollment, ["member", "course"], as_dict=True)
	table = frappe.qb.DocType(ASSIGNMENT)
	(
		frappe.qb.update(table)
		.set(table.enrollment, None)
		.where(table.enrollment == enrollment)
		.where((table.member != own.member) | (table.course != own.course))
		.run()
	)


def _end_preparation(doctype: str, old: str, new: str) -> learning_doubles.Lessons | None:
	"""Let what was prepared stand, and return the lessons of both users."""
	lessons = None
	for preparation in _preparations().pop((doctype, old, new), ()):
		preparation.done = True
		ledger.drop(preparation.notices)
		causes.drop(preparation.asked)
		if lessons:
			# Asked for twice in one transaction: the second time found the doubles gone.
			preparation.lessons.shared |= lessons.shared
			preparation.lessons.dropped += lessons.dropped
		lessons = preparation.lessons
	return lessons


def _preparations() -> dict[tuple[str, str, str], list[Preparation]]:
	# Of this request or job: what Frappe hands from one event to the other is the names alone.
	if frappe.flags.training_merges is None:
		frappe.flags.training_merges = {}
	return frappe.flags.training_merges


def _turn_cycles(moved: str, name: str, back: bool = False) -> None:
	table = frappe.qb.DocType(ASSIGNMENT)
	(
		frappe.qb.update(table)
		# Turned about -1, so that 0 has a place too, and turning twice changes nothing.
		.set(table.cycle, ValueWrapper(-1) - table.cycle)
		.where(table[moved] == name)
		.where(table.cycle < 0 if back else table.cycle >= 0)
		.run()
	)


def _still_aside(moved: str, name: str, other: str, after: str) -> list[str]:
	table = frappe.qb.DocType(ASSIGNMENT)
	return (
		frappe.qb.from_(table)
		.select(table[other])
		.distinct()
		.where((table[moved] == name) & (table.cycle < 0) & (table[other] > after))
		.orderby(table[other])
		.limit(PAIRS_PER_STEP)
		.run(pluck=True)
	)


def _lock_assignments(
	moved: str, name: str, other: str, others: Collection[str]
) -> dict[tuple, list[MergedAssignment]]:
	"""Return all assignments of some pairs, by member and course. They are locked: nobody adds one until all is decided."""
	table = frappe.qb.DocType(ASSIGNMENT)
	rows = (
		frappe.qb.from_(table)
		.select(
			table.name,
			table.member,
			table.course,
			table.cycle,
			table.status,
			table.progress,
			table.due_date,
			table.assigned_on,
			table.creation,
			table.completed_on,
			table.waived_on,
			table.valid_until,
			table.waived_until,
		)
		.where((table[moved] == name) & table[other].isin(others))
		.for_update()
		.run(as_dict=True)
	)
	found = defaultdict(list)
	for row in rows:
		settled_on, until = facts.settled(row)
		found[row.member, row.course].append(
			MergedAssignment(
				name=row.name,
				moved=row.cycle < 0,
				cycle=-1 - row.cycle if row.cycle < 0 else row.cycle,
				status=row.status,
				progress=flt(row.progress),
				due_date=getdate(row.due_date),
				assigned_on=get_datetime(row.assigned_on or row.creation),
				settled_on=settled_on,
				counts_until=until,
			)
		)
	return found


def _settle_pairs(
	pairs: dict[tuple, list[MergedAssignment]], doctype: str, old: str, new: str
) -> dict[str, MergedAssignment]:
	"""Cancel what is owed twice and number the rest; return what was cancelled, each with what stands in its place."""
	today = getdate()
	gone: dict[str, MergedAssignment] = {}
	numbers: dict[str, int] = {}
	for of_pair in pairs.values():
		gone |= standing.given_up(of_pair, today)
		of_pair_numbers = standing.cycles(of_pair)
		for one in of_pair:
			number = of_pair_numbers[one.name]
			if one.moved or number != one.cycle:
				numbers[one.name] = number
	rows = assignments.lock([one.name for of_pair in pairs.values() for one in of_pair])
	assignments.change(
		[rows[name] for name in gone],
		{name: {"status": CANCELLED} for name in gone},
		reason=reasons.OWED_TWICE,
		cause_doctype=ASSIGNMENT,
		# The assignment that stands in its place.
		of_each=lambda row: {"cause": gone[row.name].name},
	)
	causes.hand_on({name: remains.name for name, remains in gone.items()})
	_number(numbers)
	events.write(
		events.make(rows[name], events.MERGED, before=old, after=new, cause_doctype=doctype, cause=new)
		for name in numbers
	)
	return gone


def record_rename(doctype: str, old: str, new: str) -> None:
	"""Write into the histories of assignments that a record which they are about has another name now.

	:param doctype: User, LMS Course or Employee
	"""
	link, _ours, _theirs = TITLES[doctype]
	after = ""
	while rows := frappe.get_all(
		ASSIGNMENT,
		filters={link: new, "name": (">", after)},
		fields=["name", "member", "employee", "course"],
		order_by="name",
		limit_page_length=PAIRS_PER_STEP,
	):
		events.write(
			events.make(row, events.RENAMED, before=old, after=new, cause_doctype=doctype, cause=new)
			for row in rows
		)
		after = rows[-1].name


def _number(numbers: dict[str, int]) -> None:
	"""Write cycles; by way of numbers that nobody has, since the database looks at its index row by row."""
	if not numbers:
		return
	table = frappe.qb.DocType(ASSIGNMENT)
	aside = {name: {"cycle": -ASIDE - number} for name, number in numbers.items()}
	frappe.db.bulk_update(ASSIGNMENT, aside, chunk_size=len(aside))
	(
		frappe.qb.update(table)
		.set(table.cycle, ValueWrapper(-ASIDE) - table.cycle)
		.where(table.name.isin(list(numbers)))
		.run()
	)


def _keep_one_enrolment(moved: str, name: str, other: str) -> set[str]:
	"""Leave one enrolment of each person and course, let their assignments point at it, and return where there were more."""
	doubled = set()
	for others, instead in learning_doubles.drop_enrolments(moved, name, other):
		doubled.update(others)
		linked = frappe.get_all(
			ASSIGNMENT,
			filters={"enrollment": ("in", list(instead))},
			fields=["name", "enrollment"],
			order_by="name",
		)
		updates = {row.name: {"enrollment": instead[row.enrollment]} for row in linked}
		frappe.db.bulk_update(ASSIGNMENT, updates, chunk_size=max(len(updates), 1))
	return doubled


def _follow_lessons(member: str, courses: Collection[str]) -> None:
	"""Let enrolments and open assignments follow what both people have learned together."""
	for course in sorted(courses):
		title = _("Following the progress of {0} in {1} failed").format(member, course)
		with attempt(title, "LMS Course", course):
			if enrollment := learning.recount(member, course):
				progress.follow(member, course, enrollment)
