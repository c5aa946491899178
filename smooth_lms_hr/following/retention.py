"""What is kept no longer is erased with the daily run, once HR has switched that on; and holds keep what they are about."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

from smooth_lms_hr.following import deletion_requests, erasing
from smooth_lms_hr.record import holds, people, retention
from smooth_lms_hr.record.events import NOBODY
from smooth_lms_hr.record.holds import Hold
from smooth_lms_hr.record.people import Person
from smooth_lms_hr.record.retention import Kept
from smooth_lms_hr.sources.settings import RETENTION_OFF, RETENTION_ON, get_settings
from smooth_lms_hr.training.retention import is_over

# A chunk of names, and what is done with it and today; see ``daily``.
Task = tuple[Iterable[Collection[str]], Callable[..., dict[str, int]]]


def tasks(today: date, size: int) -> Iterator[Task]:
	"""Yield what is to be done daily: mark what is on hold, erase what is kept no longer, delete the files that are left.

	Each task returns how much it has done: "evidence_held", "people_erased", "files_erased"; and of people who have left
	"retention_due", who are kept no longer, and "retention_held", whom a hold keeps.

	:param today: in the site's time zone
	:param size: of a chunk
	"""
	yield _chunks_of_holds(), mark_held
	yield deletion_requests.chunks_of_unfinished(size), deletion_requests.finish
	mode = get_settings().retention
	if mode != RETENTION_OFF:
		yield [[""]], take_back_of_returned
		yield retention.chunks_of_left(size), follow
	if mode == RETENTION_ON:
		yield _chunks_of_over(today, size), erase
	yield erasing.chunks_of_files(size), erasing.delete_files


def mark_held(names: Collection[str], today: date) -> dict[str, int]:
	"""Say of evidence that came since its person was put on hold that it is on hold too, and return of how much.

	:param names: of holds
	"""
	marked = 0
	for hold in holds.all_open():
		if hold.name in names:
			marked += holds.mark_evidence(_person_of(hold), True, hold.reason, done_by=NOBODY)
	return {"evidence_held": marked} if marked else {}


def take_back_of_returned(names: Collection[str], today: date) -> dict[str, int]:
	"""Let evidence be kept without an end where its employee is there again."""
	retention.take_back_of_returned()
	return {}


def follow(employees: Collection[str], today: date) -> dict[str, int]:
	"""Write until when the evidence of people is kept who have left, and count of whom it is over.

	:param employees: names of Employee records
	"""
	kept = retention.of_left(employees, get_settings().retain_years_after_exit)
	retention.note_on_evidence(kept)
	over = _over_of(kept, today)
	free = _free(over)
	counts = {"retention_due": len(free), "retention_held": len(over) - len(free)}
	return {what: number for what, number in counts.items() if number}


def erase(employees: Collection[str], today: date) -> dict[str, int]:
	"""Erase people whose record is kept no longer, and return how many were there.

	:param employees: names of Employee records; few, since they are locked until all is done
	"""
	erased = sum(_erase(employee, today) for employee in employees)
	return {"people_erased": erased} if erased else {}


def _chunks_of_holds() -> Iterator[list[str]]:
	if names := [hold.name for hold in holds.all_open()]:
		yield names


def _chunks_of_over(today: date, size: int) -> Iterator[list[str]]:
	"""Yield whose record is kept no longer, each by itself: locked briefly, and one that fails keeps no other."""
	for names in retention.chunks_of_left(size):
		kept = retention.of_left(names, get_settings().retain_years_after_exit)
		for one in _free(_over_of(kept, today)):
			yield [one.employee]


def _over_of(kept: Mapping[str, Kept], today: date) -> list[Kept]:
	"""Return whose record is kept no longer, and of whom something is on record."""
	over = [one for one in kept.values() if is_over(one.until, today)]
	employees, users = retention.on_record(
		{one.employee for one in over}, {one.user for one in over if one.user}
	)
	return [one for one in over if one.employee in employees or one.user in users]


def _free(over: Sequence[Kept]) -> list[Kept]:
	"""Return whom no hold keeps; it asks more where there are more holds, not more people."""
	held: set[str] = set()
	for hold in holds.all_open() if over else ():
		held |= _person_of(hold).employees
	return [one for one in over if one.employee not in held]


def _person_of(hold: Hold) -> Person:
	return people.find([hold.employee] if hold.employee else [], [hold.member] if hold.member else [])


def _erase(employee: str, today: date) -> bool:
	person = people.find(employees=[employee])
	# Since they were looked for they may be back, or on hold.
	if not retention.have_left(person.employees):
		return False
	kept = retention.of_left(person.employees, get_settings().retain_years_after_exit)
	if set(kept) != person.employees or not all(is_over(one.until, today) for one in kept.values()):
		return False
	try:
		return erasing.erase(person, kept[employee].reason, done_by=NOBODY) is not None
	except erasing.OnHold:
		return False
