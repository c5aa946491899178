"""What somebody has proved of what they have to hold, how long it counts, and when it is to be renewed."""

from calendar import monthrange
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

PENDING = "Pending"
AWAITING_VERIFICATION = "Awaiting Verification"
COMPLETE = "Complete"
DUE_FOR_RENEWAL = "Due for Renewal"
EXPIRED = "Expired"
WAIVED = "Waived"
REVOKED = "Revoked"
STATUSES = (PENDING, AWAITING_VERIFICATION, COMPLETE, DUE_FOR_RENEWAL, EXPIRED, WAIVED, REVOKED)
# Somebody's decision, which no proof changes.
DECIDED = (WAIVED, REVOKED)
# Of whoever is so, nothing is missing today.
COUNTS = (COMPLETE, DUE_FOR_RENEWAL, WAIVED)

COURSE, DOCUMENT, PROGRAM = "Course", "Document", "Training Program"
KINDS = (COURSE, DOCUMENT, PROGRAM)

DAYS, MONTHS, YEARS = "Days", "Months", "Years"
# So many of each are a hundred years: what lasts longer does not end.
MOST = {DAYS: 36_500, MONTHS: 1_200, YEARS: 100}


@dataclass(frozen=True)
class Requirement:
	"""
	:param kind: one of KINDS
	:param name: of the course or the training program; of a document, what kind of document
	:param needs_certificate: a completed course alone is not enough
	"""

	kind: str
	name: str
	needs_certificate: bool = False


@dataclass(frozen=True)
class Proof:
	"""
	:param ends_on: the last day on which it counts, None for ever
	:param evidence: or ``document``, the name of the record
	"""

	requirement: Requirement
	proved_on: date
	ends_on: date | None = None
	evidence: str | None = None
	document: str | None = None


@dataclass(frozen=True)
class Terms:
	"""
	:param requirements: all of them are to be met
	:param renew_every: so many ``renew_unit`` after it was completed it ends, 0 for never
	:param alert_days_before: its renewal is due so many days before it ends
	:param needs_verification: it counts once HR has confirmed it
	"""

	requirements: tuple[Requirement, ...]
	renew_every: int = 0
	renew_unit: str = YEARS
	alert_days_before: int = 30
	needs_verification: bool = False


@dataclass(frozen=True)
class Standing:
	"""How one cycle of somebody's compliance stands.

	:param completed_on: None as long as it is not complete
	:param next_renewal_date: the first day on which it does not count any more, None for never
	:param verified: HR has confirmed it
	:param counts_from: what was proved before that day does not count for it, None for whatever still counts
	"""

	status: str = PENDING
	completed_on: date | None = None
	next_renewal_date: date | None = None
	proofs: tuple[Proof, ...] = ()
	verified: bool = False
	counts_from: date | None = None


def follow(
	terms: Terms, was: Standing, available: Collection[Proof], today: date
) -> tuple[Standing, Standing | None]:
	"""Return how the latest cycle of somebody's compliance stands now, and the cycle that follows it, None without one.

	What is complete stays complete as long as each requirement has a proof; it ends with the first of them, or with its
	own time. A proof that is replaced by one that counts longer moves the end, never the day from which its own time is
	counted. That begins anew with the next cycle, once everything was proved again within the renewal.

	:param was: how it stood
	:param available: proofs that hold, also those that have ended meanwhile
	:param today: in the site's time zone
	"""
	if was.status in DECIDED:
		return was, None
	counted = [one for one in available if one.proved_on <= today]
	if was.counts_from:
		counted = [one for one in counted if one.proved_on >= was.counts_from]
	if not was.completed_on:
		return _follow_open(terms, was, counted, today), None
	held = best(terms.requirements, counted)
	if not _is_whole(terms, held):
		return _follow_open(terms, replace(was, verified=False), counted, today), None
	now = _complete(terms, was, held, today)
	opened = own_renewal(terms, now.completed_on)
	if opened is None or today < opened:
		return now, None
	again = [one for one in counted if one.proved_on >= opened and _counts(one, today)]
	if not _is_whole(terms, best(terms.requirements, again)):
		return now, None
	return superseded(now, today), _follow_open(terms, Standing(counts_from=opened), again, today)


def superseded(was: Standing, today: date) -> Standing:
	"""Return how a cycle stands that another one has followed: nothing of it is to be renewed any more."""
	if was.status in DECIDED or not was.completed_on:
		return was
	over = was.next_renewal_date and today >= was.next_renewal_date
	return replace(was, status=EXPIRED if over else COMPLETE)


def best(requirements: Iterable[Requirement], proofs: Collection[Proof]) -> tuple[Proof, ...]:
	"""Return the proof of each requirement that counts longest, in their order; of what is not proved, none."""
	found = (
		max(
			(one for one in proofs if one.requirement == requirement),
			key=lambda one: (one.ends_on or date.max, one.proved_on, one.evidence or "", one.document or ""),
			default=None,
		)
		for requirement in requirements
	)
	return tuple(one for one in found if one)


def missing(terms: Terms, proofs: Collection[Proof]) -> tuple[Requirement, ...]:
	"""Return what is not proved, in the order of the requirements."""
	proved = {one.requirement for one in proofs}
	return tuple(each for each in terms.requirements if each not in proved)


def still_counting(was: Standing, available: Collection[Proof], today: date) -> list[Proof]:
	"""Return the proofs that count today for a cycle that is not complete."""
	since = was.counts_from or date.min
	return [one for one in available if since <= one.proved_on <= today and _counts(one, today)]


def to_renew(
	terms: Terms, standing: Standing, available: Collection[Proof], today: date
) -> tuple[Requirement, ...]:
	"""Return what is to be proved again, of a cycle whose renewal is due; nothing where it is not.

	That is all that was not proved again since its own renewal is due, and what ends with a proof.

	:param available: as for ``follow``
	"""
	if standing.status not in (DUE_FOR_RENEWAL, EXPIRED) or not standing.next_renewal_date:
		return ()
	opened = own_renewal(terms, standing.completed_on)
	counted = [one for one in available if one.proved_on <= today and _counts(one, today)]
	if opened and today >= opened:
		return missing(terms, [one for one in counted if one.proved_on >= opened])
	horizon = today + timedelta(days=terms.alert_days_before)
	return missing(terms, [one for one in counted if not one.ends_on or one.ends_on >= horizon])


def own_renewal(terms: Terms, completed_on: date) -> date | None:
	"""Return the day on which the renewal of what has a time of its own is due, None where it has none."""
	ends = end_of_period(terms, completed_on)
	return ends and ends - timedelta(days=window(terms, completed_on, ends))


def end_of_period(terms: Terms, completed_on: date) -> date | None:
	"""Return the first day on which it does not count any more by its own time, None where it has none."""
	if terms.renew_every <= 0 or terms.renew_every > MOST[terms.renew_unit]:
		return None
	if terms.renew_unit == DAYS:
		return completed_on + timedelta(days=terms.renew_every)
	months = terms.renew_every * (12 if terms.renew_unit == YEARS else 1)
	years, month = divmod(completed_on.month - 1 + months, 12)
	year = completed_on.year + years
	# The 31st of a month that has 30 days is its last.
	return date(year, month + 1, min(completed_on.day, monthrange(year, month + 1)[1]))


def next_renewal(terms: Terms, completed_on: date, proofs: Iterable[Proof]) -> date | None:
	"""Return the first day on which it does not count any more: by its own time or as a proof ends; None for never."""
	days = [one.ends_on + timedelta(days=1) for one in proofs if one.ends_on]
	days.append(end_of_period(terms, completed_on))
	return min((day for day in days if day), default=None)


def window(terms: Terms, completed_on: date, ends: date) -> int:
	"""Return how many days before the end a renewal is due: never more than half of the time that it counts."""
	return max(0, min(terms.alert_days_before, (ends - completed_on).days // 2))


def _follow_open(terms: Terms, was: Standing, counted: Collection[Proof], today: date) -> Standing:
	counted = [one for one in counted if _counts(one, today)]
	held = best(terms.requirements, counted)
	now = replace(was, status=PENDING, completed_on=None, next_renewal_date=None, proofs=held)
	if not _is_whole(terms, held):
		return replace(now, verified=False)
	if terms.needs_verification and not was.verified:
		return replace(now, status=AWAITING_VERIFICATION)
	# Its time is counted from what was proved last, be it by a proof that does not count longest.
	completed_on = max(one.proved_on for one in counted if one.requirement in terms.requirements)
	return _complete(terms, replace(now, completed_on=completed_on), held, today)


def _complete(terms: Terms, was: Standing, held: tuple[Proof, ...], today: date) -> Standing:
	# What has no time of its own was last completed with its latest proof.
	completed_on = was.completed_on if terms.renew_every else max(one.proved_on for one in held)
	ends = next_renewal(terms, completed_on, held)
	status = COMPLETE
	if ends and today >= ends:
		status = EXPIRED
	elif ends and today >= ends - timedelta(days=window(terms, completed_on, ends)):
		status = DUE_FOR_RENEWAL
	return replace(was, status=status, completed_on=completed_on, next_renewal_date=ends, proofs=held)


def _is_whole(terms: Terms, held: Collection[Proof]) -> bool:
	return bool(terms.requirements) and not missing(terms, held)


def _counts(proof: Proof, today: date) -> bool:
	return proof.ends_on is None or today <= proof.ends_on
