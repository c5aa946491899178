"""Says that a document on somebody's file is about to expire, and that it has: to the employee, the manager and HR, once each.

Certificates are left to the reminders of what they are about. What is on the file anew, for longer, is no news of the old one.
Nothing of a file goes out by mail, and managers, who do not read it, are told the kind and the day alone.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

import frappe
from frappe import _
from frappe.utils import escape_html, formatdate, get_url, get_url_to_list, getdate

from smooth_lms_hr.record import ledger
from smooth_lms_hr.record.ledger import EXPIRY, Notice
from smooth_lms_hr.sources import absences, managers
from smooth_lms_hr.sources.names import DOCUMENT
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.sources.settings import Settings
from smooth_lms_hr.telling import collect, mails, send
from smooth_lms_hr.telling.bells import Bells
from smooth_lms_hr.telling.reminders import Do
from smooth_lms_hr.telling.send import Report
from smooth_lms_hr.training.ladder import HR, MANAGER, MEMBER, Ladder, Rung, owed_today

# What has expired so long ago is no news any more.
FORGOTTEN_DAYS = 30
PAGE = "/my-training#documents"
FIELDS = ("name", "employee", "employee_name", "document_type", "title", "expires_on")
Pair = tuple[frappe._dict, Notice]


@dataclass
class Owed:
	"""What is to be said, by who is to hear it."""

	to_members: dict[str, list[Pair]] = field(default_factory=lambda: defaultdict(list))
	to_managers: dict[str, list[Pair]] = field(default_factory=lambda: defaultdict(list))
	to_hr: dict[str, list[Pair]] = field(default_factory=lambda: defaultdict(list))


def tell(today: date, settings: Settings, do: Do) -> None:
	"""Tell everybody whom it concerns of documents that expire.

	:param today: in the site's time zone
	:param do: does each step in a transaction of its own
	"""
	hr, with_mail = managers.hr_managers(), mails.can_send()
	# Who is owed a word about whose files; what, is found out anew in the transaction that says it.
	others: dict[str, dict[str, dict[str, None]]] = {"to_managers": {}, "to_hr": {}}
	for employees in collect.in_chunks(partial(_employees, today, settings)):

		def step(employees=employees) -> Report:
			owed = _owed(employees, hr, today, settings)
			for whom, theirs in others.items():
				for user, pairs in getattr(owed, whom).items():
					theirs.setdefault(user, {}).update(dict.fromkeys(row.employee for row, _notice in pairs))
			return _tell_members(owed.to_members, today, settings, with_mail)

		do(_("Telling {0} people of documents that expire").format(len(employees)), step)
	if not with_mail:
		return
	for whom, theirs in others.items():
		for user, employees in sorted(theirs.items()):

			def step(whom=whom, user=user, employees=tuple(employees)) -> Report:
				pairs = []
				for chunk in collect.cut(employees):
					pairs += getattr(_owed(chunk, hr, today, settings), whom)[user]
				return _tell_other(user, pairs, today, settings, with_titles=whom == "to_hr")

			do(_("Telling {0} of documents of others that expire").format(user), step)


def _in_time(today: date, settings: Settings) -> dict:
	"""Return the filters that leave the documents which there may be something to say of."""
	first, last = today - timedelta(days=FORGOTTEN_DAYS), today + timedelta(days=settings.renew_before_days)
	return {
		"expires_on": ("between", [first, last]),
		"verified_on": ("is", "set"),
		"evidence": ("is", "not set"),
	}


def _employees(today: date, settings: Settings, after: str, limit: int) -> list[str]:
	"""Return whose documents expire, in order, so many at most who come after somebody."""
	table = frappe.qb.DocType(DOCUMENT)
	first, last = _in_time(today, settings)["expires_on"][1]
	return (
		frappe.qb.from_(table)
		.select(table.employee)
		.distinct()
		.where(table.expires_on[str(first) : str(last)] & (table.employee > after))
		.where(table.verified_on.isnotnull() & table.evidence.isnull())
		.orderby(table.employee)
		.limit(limit)
		.run(pluck=True)
	)


def _owed(employees: Sequence[str], hr: Collection[str], today: date, settings: Settings) -> Owed:
	"""Return what is owed today of the documents of some people. Whoever is away, or has left, is not spoken of."""
	users = {
		row.name: row.user_id
		for row in frappe.get_all(
			"Employee",
			{"name": ("in", list(employees)), "status": "Active"},
			["name", "user_id"],
			order_by="name",
		)
	}
	rows = _without_successor(_rows(sorted(users), today, settings))
	managed = managers.managers_of({row.employee for row in rows})
	absent = absences.of_users({*filter(None, users.values()), *managed.values(), *hr}, today, settings)
	quiet = absent.away | absent.off
	rows = [row for row in rows if users[row.employee] not in absent.away]
	said, seen = ledger.said_of_references(DOCUMENT, [row.name for row in rows]), _seen_by_hr(rows, hr)
	ladder, owed = _ladder(settings), Owed()
	for row in rows:
		for whom, audience, user in (
			(owed.to_members, MEMBER, users[row.employee]),
			(owed.to_managers, MANAGER, managed.get(row.employee)),
			*((owed.to_hr, HR, each) for each in hr if row.name in seen[each]),
		):
			if user and user not in quiet:
				sent = {
					(each.offset_days, audience)
					for each in said[row.name]
					if (each.audience, each.recipient, each.due_date) == (audience, user, row.expires_on)
				}
				# Whoever files what expires soon is told as well.
				due = owed_today(ladder, row.expires_on, date.min, today, sent)
				whom[user] += [
					(row, _notice(row, one.rung, audience, user)) for one in due if one.audience == audience
				]
	return owed


def _rows(employees: Sequence[str], today: date, settings: Settings) -> list[frappe._dict]:
	filters = {**_in_time(today, settings), "employee": ("in", employees)}
	rows = frappe.get_all(DOCUMENT, filters, list(FIELDS), order_by="expires_on, name") if employees else []
	for row in rows:
		row.expires_on = getdate(row.expires_on)
	return rows


def _without_successor(rows: Sequence[frappe._dict]) -> list[frappe._dict]:
	"""Return the documents after which no other of their kind is on the same file that counts for longer."""
	if not rows:
		return []
	filters = {
		"employee": ("in", sorted({row.employee for row in rows})),
		"document_type": ("in", sorted({row.document_type for row in rows})),
		"verified_on": ("is", "set"),
		"revoked_on": ("is", "not set"),
	}
	last: dict[tuple[str, str], date] = {}
	for one in frappe.get_all(
		DOCUMENT, filters, ["employee", "document_type", "expires_on"], order_by="name"
	):
		key = (one.employee, one.document_type)
		last[key] = max(last.get(key, date.min), getdate(one.expires_on) if one.expires_on else date.max)
	return [row for row in rows if last[row.employee, row.document_type] <= row.expires_on]


def _seen_by_hr(rows: Sequence[frappe._dict], hr: Collection[str]) -> dict[str, set[str]]:
	"""Return which documents each of HR may read."""
	names = [row.name for row in rows]
	filters = {"name": ("in", names)}
	return {
		user: set(frappe.get_list(DOCUMENT, filters, pluck="name", user=user, limit_page_length=0))
		if names
		else set()
		for user in hr
	}


def _ladder(settings: Settings) -> Ladder:
	everybody = {"member": True, "manager": True, "hr": True}
	return Ladder(
		[Rung(-settings.renew_before_days, **everybody), Rung(1, **everybody)], stop_after_days=FORGOTTEN_DAYS
	)


def _notice(row: frappe._dict, rung: int, audience: str, user: str) -> Notice:
	day = row.expires_on
	return Notice(
		None, EXPIRY, day, audience, user, day, rung, reference_doctype=DOCUMENT, reference=row.name
	)


def _tell_members(
	to_members: dict[str, list[Pair]], today: date, settings: Settings, with_mail: bool
) -> Report:
	report, bells = Report(), Bells(to_members)
	for user, pairs in to_members.items():
		with send.telling(_("Telling {0} of documents that expire failed"), user, report):
			queued = (
				_mail(user, pairs, today, settings, get_url(PAGE), with_titles=True) if with_mail else None
			)
			ledger.write([notice for _row, notice in pairs], queued)
			# Last: what waits to be rung is not taken back where something after it fails.
			rung = bells.tell(user, lambda pairs=pairs: [_entry(row, today) for row, _notice in pairs])
			report.mails += bool(queued)
			report.bells += rung
	bells.ring()
	return report


def _tell_other(
	user: str, pairs: Sequence[Pair], today: date, settings: Settings, with_titles: bool
) -> Report:
	report = Report()
	if pairs:
		with send.telling(_("Telling {0} of documents that expire failed"), user, report):
			link = get_url_to_list(DOCUMENT) if with_titles else None
			queued = _mail(user, pairs, today, settings, link, with_titles)
			ledger.write([notice for _row, notice in pairs], queued)
			report.mails += bool(queued)
	return report


def _mail(
	user: str, pairs: Sequence[Pair], today: date, settings: Settings, link: str | None, with_titles: bool
) -> str | None:
	"""Queue a mail about documents, and return the Email Queue record, None where Frappe queued none.

	:param link: to where they are, None for who does not read them
	"""
	rows = [row for row, _notice in pairs]
	with mails.in_language_of(user):
		subject = _subject(rows)
		message = "".join(_message(rows, today, link, with_titles))
	queued = frappe.sendmail(
		recipients=[frappe.db.get_value("User", user, "email")],
		sender=settings.sender,
		subject=plain_text(" ".join(subject.split())),
		message=message,
		reference_doctype=DOCUMENT,
		reference_name=rows[0].name,
		add_unsubscribe_link=0,
	)
	return queued.name if queued else None


def _subject(rows: Sequence[frappe._dict]) -> str:
	if len(rows) > 1:
		return _("{0} documents expire or have expired").format(len(rows))
	return _("{0} of {1}: last day {2}").format(
		rows[0].document_type, rows[0].employee_name, formatdate(rows[0].expires_on)
	)


def _message(rows: Sequence[frappe._dict], today: date, link: str | None, with_titles: bool) -> Iterator[str]:
	yield f"<p>{_('A new one has to be on file before these end, or has to be now:')}</p><ul>"
	for row in rows[: send.SHOWN]:
		said = [row.employee_name or row.employee, row.document_type]
		if with_titles and row.title != row.document_type:
			said.append(row.title)
		yield f"<li>{escape_html(', '.join(said))}: {_when(row, today)}</li>"
	yield "</ul>"
	if more := len(rows[send.SHOWN :]):
		yield f"<p>{_('and {0} more').format(more)}</p>"
	if link:
		yield f'<p><a href="{escape_html(link)}">{_("Look at them")}</a></p>'


def _when(row: frappe._dict, today: date) -> str:
	day = formatdate(row.expires_on)
	return _("expired on {0}").format(day) if row.expires_on < today else _("expires on {0}").format(day)


def _entry(row: frappe._dict, today: date) -> dict:
	return {
		"type": "Alert",
		"document_type": DOCUMENT,
		"document_name": row.name,
		"subject": f"{plain_text(row.title or row.document_type)}: {_when(row, today)}",
		"from_user": "Administrator",
		"link": PAGE,
	}
