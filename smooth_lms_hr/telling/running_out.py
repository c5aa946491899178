"""Says that something of somebody's is about to run out, and that it has: to the employee, the manager and HR, once each.

What it may be is told by ``expiring`` (documents) and ``renewing`` (what people have to hold).
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

import frappe
from frappe import _
from frappe.utils import escape_html, formatdate

from smooth_lms_hr.record import ledger
from smooth_lms_hr.record.ledger import EXPIRY, Notice
from smooth_lms_hr.sources import absences, managers
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.sources.settings import Settings
from smooth_lms_hr.telling import collect, mails, send
from smooth_lms_hr.telling.bells import Bells
from smooth_lms_hr.telling.reminders import Do
from smooth_lms_hr.telling.send import Report
from smooth_lms_hr.training.ladder import HR, MANAGER, MEMBER, Ladder, Rung, owed_today

# What has run out so long ago is no news any more.
FORGOTTEN_DAYS = 30
Row = frappe._dict
Pair = tuple[Row, Notice]


@dataclass(frozen=True)
class About:
	"""A kind of record that runs out. Its rows have name, employee, employee_name and ends_on, the last day.

	:param employees: returns, by today, the settings, somebody and a number, so many at most who come after them, in order
	:param rows: returns what there may be something to say of, by employees, today and the settings
	:param days_before: returns how many days before its last day a row is spoken of, by the settings
	:param subject: says in a line what rows are about
	:param intro: says what is to be done
	:param line: says in text which one a row is, to an audience
	:param link: returns where an audience sees them, None where it does not
	:param bell: returns where the employee's bell leads to, None for the record itself
	"""

	doctype: str
	employees: Callable[[date, Settings, str, int], list[str]]
	rows: Callable[[Sequence[str], date, Settings], Sequence[Row]]
	days_before: Callable[[Row, Settings], int]
	subject: Callable[[Sequence[Row]], str]
	intro: Callable[[], str]
	line: Callable[[Row, str], str]
	link: Callable[[str], str | None]
	bell: str | None = None


@dataclass
class Owed:
	"""What is to be said, by who is to hear it."""

	to_members: dict[str, list[Pair]] = field(default_factory=lambda: defaultdict(list))
	to_managers: dict[str, list[Pair]] = field(default_factory=lambda: defaultdict(list))
	to_hr: dict[str, list[Pair]] = field(default_factory=lambda: defaultdict(list))


AUDIENCE_OF = {"to_managers": MANAGER, "to_hr": HR}


def tell(about: About, today: date, settings: Settings, do: Do) -> None:
	"""Tell everybody whom it concerns of what runs out.

	:param today: in the site's time zone
	:param do: does each step in a transaction of its own
	"""
	hr, with_mail = managers.hr_managers(), mails.can_send()
	# Who is owed a word about whom; what, is found out anew in the transaction that says it.
	others: dict[str, dict[str, dict[str, None]]] = {whom: {} for whom in AUDIENCE_OF}
	for employees in collect.in_chunks(partial(about.employees, today, settings)):

		def step(employees=employees) -> Report:
			owed = _owed(about, employees, hr, today, settings)
			for whom, theirs in others.items():
				for user, pairs in getattr(owed, whom).items():
					theirs.setdefault(user, {}).update(dict.fromkeys(row.employee for row, _notice in pairs))
			return _tell_members(about, owed.to_members, today, settings, with_mail)

		do(_("Telling {0} people of what runs out").format(len(employees)), step)
	if not with_mail:
		return
	for whom, theirs in others.items():
		for user, employees in sorted(theirs.items()):

			def step(whom=whom, user=user, employees=tuple(employees)) -> Report:
				pairs = []
				for chunk in collect.cut(employees):
					pairs += getattr(_owed(about, chunk, hr, today, settings), whom)[user]
				return _tell_other(about, user, pairs, today, settings, AUDIENCE_OF[whom])

			do(_("Telling {0} of what runs out of others").format(user), step)


def _owed(
	about: About, employees: Sequence[str], hr: Collection[str], today: date, settings: Settings
) -> Owed:
	"""Return what is owed today of what some people have. Whoever is away, or has left, is not spoken of."""
	users = {
		row.name: row.user_id
		for row in frappe.get_all(
			"Employee",
			{"name": ("in", list(employees)), "status": "Active"},
			["name", "user_id"],
			order_by="name",
		)
	}
	rows = about.rows(sorted(users), today, settings) if users else []
	managed = managers.managers_of({row.employee for row in rows})
	absent = absences.of_users(
		{*(user for user in users.values() if user), *managed.values(), *hr}, today, settings
	)
	quiet = absent.away | absent.off
	rows = [row for row in rows if users[row.employee] not in absent.away]
	said = ledger.said_of_references(about.doctype, [row.name for row in rows])
	seen, owed = _seen_by_hr(about, rows, hr), Owed()
	for row in rows:
		ladder = _ladder(about.days_before(row, settings))
		for whom, audience, user in (
			(owed.to_members, MEMBER, users[row.employee]),
			(owed.to_managers, MANAGER, managed.get(row.employee)),
			*((owed.to_hr, HR, each) for each in hr if row.name in seen[each]),
		):
			if user and user not in quiet:
				sent = {
					(each.offset_days, audience)
					for each in said[row.name]
					if (each.audience, each.recipient, each.due_date) == (audience, user, row.ends_on)
				}
				# Whoever enters what runs out soon is told as well.
				due = owed_today(ladder, row.ends_on, date.min, today, sent)
				whom[user] += [
					(row, _notice(about, row, one.rung, audience, user))
					for one in due
					if one.audience == audience
				]
	return owed


def _seen_by_hr(about: About, rows: Sequence[Row], hr: Collection[str]) -> dict[str, set[str]]:
	"""Return which records each of HR may read."""
	names = [row.name for row in rows]
	filters = {"name": ("in", names)}
	return {
		user: set(frappe.get_list(about.doctype, filters, pluck="name", user=user, limit_page_length=0))
		if names
		else set()
		for user in hr
	}


def _ladder(days_before: int) -> Ladder:
	everybody = {"member": True, "manager": True, "hr": True}
	return Ladder([Rung(-days_before, **everybody), Rung(1, **everybody)], stop_after_days=FORGOTTEN_DAYS)


def _notice(about: About, row: Row, rung: int, audience: str, user: str) -> Notice:
	day = row.ends_on
	return Notice(
		None, EXPIRY, day, audience, user, day, rung, reference_doctype=about.doctype, reference=row.name
	)


def _tell_members(
	about: About, to_members: dict[str, list[Pair]], today: date, settings: Settings, with_mail: bool
) -> Report:
	report, bells = Report(), Bells(to_members)
	for user, pairs in to_members.items():
		with send.telling(_("Telling {0} of what runs out failed"), user, report):
			queued = _mail(about, user, pairs, today, settings, MEMBER) if with_mail else None
			ledger.write([notice for _row, notice in pairs], queued)
			# Last: what waits to be rung is not taken back where something after it fails.
			rung = bells.tell(user, lambda pairs=pairs: [_entry(about, row, today) for row, _notice in pairs])
			report.mails += bool(queued)
			report.bells += rung
	bells.ring()
	return report


def _tell_other(
	about: About, user: str, pairs: Sequence[Pair], today: date, settings: Settings, audience: str
) -> Report:
	report = Report()
	if pairs:
		with send.telling(_("Telling {0} of what runs out failed"), user, report):
			queued = _mail(about, user, pairs, today, settings, audience)
			ledger.write([notice for _row, notice in pairs], queued)
			report.mails += bool(queued)
	return report


def _mail(
	about: About, user: str, pairs: Sequence[Pair], today: date, settings: Settings, audience: str
) -> str | None:
	"""Queue a mail about records, and return the Email Queue record, None where Frappe queued none."""
	rows = [row for row, _notice in pairs]
	with mails.in_language_of(user):
		subject = about.subject(rows)
		message = "".join(_message(about, rows, today, audience))
	queued = frappe.sendmail(
		recipients=[frappe.db.get_value("User", user, "email")],
		sender=settings.sender,
		subject=plain_text(" ".join(subject.split())),
		message=message,
		reference_doctype=about.doctype,
		reference_name=rows[0].name,
		add_unsubscribe_link=0,
	)
	return queued.name if queued else None


def _message(about: About, rows: Sequence[Row], today: date, audience: str) -> Iterator[str]:
	yield f"<p>{about.intro()}</p><ul>"
	for row in rows[: send.SHOWN]:
		yield f"<li>{escape_html(about.line(row, audience))}: {when(row, today)}</li>"
	yield "</ul>"
	if more := len(rows[send.SHOWN :]):
		yield f"<p>{_('and {0} more').format(more)}</p>"
	if link := about.link(audience):
		yield f'<p><a href="{escape_html(link)}">{_("Look at them")}</a></p>'


def when(row: Row, today: date) -> str:
	"""Say when a row ends, or has ended."""
	day = formatdate(row.ends_on)
	return _("expired on {0}").format(day) if row.ends_on < today else _("expires on {0}").format(day)


def _entry(about: About, row: Row, today: date) -> dict:
	return {
		"type": "Alert",
		"document_type": about.doctype,
		"document_name": row.name,
		"subject": f"{plain_text(about.line(row, ''))}: {when(row, today)}",
		"from_user": "Administrator",
		"link": about.bell,
	}
