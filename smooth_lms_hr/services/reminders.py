"""Says what the ladder owes: to members, to their managers, to HR, each at most one mail a run.

Whatever is said is entered in the ledger in the same transaction as the mail in Frappe's queue, and committed in
chunks: a run that is killed leaves a chunk said or not said, never half, and the next run says what is missing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import frappe
from frappe import _
from frappe.desk.doctype.notification_log.notification_log import make_notification_logs
from frappe.utils import getdate

from smooth_lms_hr.services import ledger, mails, managers, people
from smooth_lms_hr.services.attempts import attempt
from smooth_lms_hr.services.due_words import due_in_words
from smooth_lms_hr.services.facts import ASSIGNMENT
from smooth_lms_hr.services.learning import course_url
from smooth_lms_hr.services.ledger import Said
from smooth_lms_hr.services.settings import Settings
from smooth_lms_hr.setup import email_templates
from smooth_lms_hr.training.ladder import MANAGER, MEMBER, owed_today
from smooth_lms_hr.training.status import OPEN

MEMBERS_PER_CHUNK = 200
DUE_SOON_DAYS = 7
OVERDUE_LIST = "/app/lms-training-assignment?status=Overdue"

FIELDS = [
	"name", "member", "member_name", "employee", "employee_name", "course", "course_title", "status", "progress",
	"due_date", "due_date_set_on", "assigned_on", "reason",
]  # fmt: skip


@dataclass
class Report:
	"""What a run has said."""

	mails: int = 0
	bells: int = 0
	failed: list[str] = field(default_factory=list)
	# Of whom nothing can be said: left, or cannot log in.
	unreachable: int = 0


@dataclass
class Run:
	"""What a run knows, and what it has to say to others than members, by who is to hear it."""

	today: date
	settings: Settings
	with_mail: bool
	hr: list[str]
	digest: str | None
	# Who has had it.
	digested: set[str]
	report: Report = field(default_factory=Report)
	to_managers: dict[str, list[Said]] = field(default_factory=lambda: defaultdict(list))
	to_hr: dict[str, list[Said]] = field(default_factory=lambda: defaultdict(list))


def run(
	today: date, settings: Settings, after_step: Callable[[Report], None] = lambda report: None
) -> Report:
	"""Say everything that is owed today.

	:param today: in the site's time zone
	:param after_step: called after every step that may stand by itself, to commit it
	"""
	digest = digest_rung(today, settings.manager_digest)
	digested = ledger.told(digest, MANAGER) if digest else set()
	this = Run(today, settings, mails.can_send(), managers.hr(), digest, digested)
	for chunk in _chunks(today, settings):
		_remind_chunk(chunk, this)
		after_step(this.report)
	if this.with_mail:
		failed = _("Telling {0} about the training of others failed")
		for manager, entries in sorted(this.to_managers.items()):
			with _telling(failed, manager, this.report):
				_tell_other(email_templates.TEAM, manager, entries, "/my-team-training", this)
			after_step(this.report)
		for user, entries in sorted(this.to_hr.items()):
			with _telling(failed, user, this.report):
				_tell_other(email_templates.HR, user, _visible(entries, user), OVERDUE_LIST, this)
			after_step(this.report)
	return this.report


def announce(names: Sequence[str], today: date | None = None) -> Report:
	"""Send the first mail about new assignments: what, why, by when. One mail a person; what was announced is not again.

	:param names: assignments
	"""
	report = Report()
	rows = _rows({"name": ("in", list(names)), "status": ("in", OPEN)})
	said = ledger.said_of([row.name for row in rows])
	# Who could log in when it was assigned may have left before this job came to it.
	reachable, _problems = people.by_user({row.member for row in rows})
	fresh = [row for row in rows if row.member in reachable and not _was_announced(said[row.name])]
	_announce_rows(fresh, today or getdate(), report, mails.can_send())
	return report


def remind_now(rows: Sequence[frappe._dict], today: date) -> None:
	"""Remind one member because somebody asked for it; a day holds one such reminder.

	:param rows: open assignments of one member
	:raises Exception: where it cannot be done; the caller's savepoint undoes it
	"""
	rung = f"asked {today}"
	_tell_member(
		rows,
		[Said(row.name, rung, row.due_date, MEMBER) for row in rows],
		today,
		email_templates.REMINDER,
		Report(),
	)


def send_sample(user: str) -> str:
	"""Send somebody a reminder about a course that does not exist, and return the address that it went to.

	:raises frappe.ValidationError: where there is no outgoing e-mail account
	"""
	if not mails.can_send():
		frappe.throw(_("There is no outgoing e-mail account: set a default one under Email Account."))
	today = getdate()
	sample = frappe._dict(
		dict.fromkeys(FIELDS), name="", course="sample", course_title=_("Sample course"), progress=40
	)
	sample.due_date = today + timedelta(days=DUE_SOON_DAYS)
	mails.queue(email_templates.REMINDER, user, [sample], today)
	return frappe.db.get_value("User", user, "email")


def digest_rung(today: date, how_often: str) -> str | None:
	"""Return the occasion that a digest of today belongs to: one of each is sent."""
	if how_often == "Daily":
		return f"digest {today}"
	if how_often == "Weekly":
		year, week, _day = today.isocalendar()
		return f"digest {year}-W{week:02d}"
	return None


def rows_of(names: Sequence[str]) -> list[frappe._dict]:
	"""Return what a mail needs to know of assignments."""
	return _rows({"name": ("in", list(names))})


def _chunks(today: date, settings: Settings) -> Iterator[list[frappe._dict]]:
	"""Yield the open assignments that may call for a word, whole members together."""
	horizon = max(DUE_SOON_DAYS, -settings.ladder.first_day)
	filters = {"status": ("in", OPEN), "due_date": ("<=", today + timedelta(days=horizon))}
	# New ones are announced here where the job that does it right away did not come to it.
	recent = {"status": ("in", OPEN), "assigned_on": (">=", str(today - timedelta(days=1)))}
	after = ""
	while True:
		members: set[str] = set()
		for which in (filters, recent):
			members.update(
				frappe.get_all(
					ASSIGNMENT,
					filters={**which, "member": (">", after)},
					pluck="member",
					distinct=True,
					order_by="member",
					limit_page_length=MEMBERS_PER_CHUNK,
				)
			)
		chunk = sorted(members)[:MEMBERS_PER_CHUNK]
		if not chunk:
			return
		yield _rows({"member": ("in", chunk), "status": ("in", OPEN)})
		after = chunk[-1]


def _rows(filters: dict) -> list[frappe._dict]:
	rows = frappe.get_all(
		ASSIGNMENT, filters=filters, fields=FIELDS, order_by="member, due_date, course_title, name"
	)
	for row in rows:
		row.due_date = getdate(row.due_date)
	return rows


def _remind_chunk(rows: Sequence[frappe._dict], this: Run) -> None:
	said = ledger.said_of([row.name for row in rows])
	reachable, problems = people.by_user({row.member for row in rows})
	this.report.unreachable += len(problems)
	rows = [row for row in rows if row.member in reachable]
	to_members: dict[str, list[tuple[frappe._dict, Said]]] = defaultdict(list)
	to_others: list[tuple[frappe._dict, Said]] = []
	for row in rows:
		for each in _owed(row, this, said[row.name]):
			entry = Said(row.name, str(each.rung), row.due_date, each.audience)
			if each.audience == MEMBER:
				to_members[row.member].append((row, entry))
			else:
				to_others.append((row, entry))
		if this.digest and (row.due_date - this.today).days <= DUE_SOON_DAYS:
			to_others.append((row, Said(row.name, this.digest, row.due_date, MANAGER)))
	if this.settings.notify_on_assignment:
		new = [row for row in rows if _is_new(row, this.today, said[row.name])]
		_announce_rows(new, this.today, this.report, this.with_mail)
	for pairs in to_members.values():
		member_rows = [row for row, _entry in pairs]
		with _telling(_("Reminding {0} failed"), member_rows[0].member, this.report):
			_tell_member(
				member_rows,
				[entry for _row, entry in pairs],
				this.today,
				email_templates.REMINDER,
				this.report,
				this.with_mail,
			)
	_gather(to_others, said, this)


def _gather(to_others: Sequence[tuple[frappe._dict, Said]], said: Mapping[str, set], this: Run) -> None:
	"""Find out who is to hear what is not for members: their managers, and HR, where there is no manager too."""
	who = managers.of(
		{row.employee for row, entry in to_others if entry.audience == MANAGER and row.employee}
	)
	for row, entry in to_others:
		manager = who.get(row.employee) if entry.audience == MANAGER else None
		if entry.rung == this.digest:
			# Named after the manager: somebody who changes teams is in the digest of the new one as well.
			if manager and manager not in this.digested:
				this.to_managers[manager].append(replace(entry, rung=f"{this.digest} {manager}"))
		elif manager:
			if not any(_is_for_one_of_hr(entry, *each) for each in said[row.name]):
				this.to_managers[manager].append(entry)
		else:
			# One for each of HR: where the mail to one fails, that one is told the next time.
			for user in this.hr:
				own = replace(entry, rung=f"{entry.rung} {user}")
				if (own.rung, own.due_date, own.audience) not in said[row.name]:
					this.to_hr[user].append(own)


def _is_for_one_of_hr(entry: Said, rung: str, due_date: date, audience: str) -> bool:
	"""Return whether something in the ledger says that HR was told what an entry is about."""
	return rung.startswith(f"{entry.rung} ") and due_date == entry.due_date and audience == entry.audience


def _owed(row, this: Run, said: set) -> list:
	sent = {
		(int(rung), audience)
		for rung, due, audience in said
		if due == row.due_date and rung.lstrip("-").isdigit()
	}
	armed_on = getdate(row.due_date_set_on or row.assigned_on)
	return owed_today(this.settings.ladder, row.due_date, armed_on, this.today, sent)


def _is_new(row, today: date, said: set) -> bool:
	return not _was_announced(said) and getdate(row.assigned_on) >= today - timedelta(days=1)


def _was_announced(said: set) -> bool:
	return any(rung == ledger.ASSIGNED for rung, _due, _audience in said)


@contextmanager
def _telling(title: str, user: str, report: Report) -> Iterator[None]:
	"""Tell one person something: where it fails, nothing is said, the report names them, and the others are told."""
	with attempt(title.format(user), "User", user) as outcome:
		yield
	if outcome.error:
		report.failed.append(f"{user}: {outcome.words}")


def _announce_rows(rows: Iterable[frappe._dict], today: date, report: Report, with_mail: bool) -> None:
	by_member = defaultdict(list)
	for row in rows:
		by_member[row.member].append(row)
	for member, member_rows in by_member.items():
		entries = [Said(row.name, ledger.ASSIGNED, row.due_date, MEMBER) for row in member_rows]
		with _telling(_("Announcing training to {0} failed"), member, report):
			_tell_member(member_rows, entries, today, email_templates.ASSIGNED, report, with_mail)


def _tell_member(
	rows: Sequence[frappe._dict],
	entries: Sequence[Said],
	today: date,
	template: email_templates.Default,
	report: Report,
	with_mail: bool | None = None,
) -> None:
	member = rows[0].member
	with_mail = mails.can_send() if with_mail is None else with_mail
	email_queue = mails.queue(template, member, rows, today) if with_mail else None
	ledger.write(entries, member, email_queue)
	_ring(member, rows, today)
	if template is email_templates.REMINDER:
		ledger.count_reminder([row.name for row in rows])
	report.mails += bool(email_queue)
	report.bells += len(rows)


def _ring(member: str, rows: Sequence[frappe._dict], today: date) -> None:
	"""Notify in the desk's and Learning's bell: one entry a course, since each opens its course."""
	with mails.in_language_of(member):
		for row in rows:
			title = frappe.utils.escape_html(row.course_title or row.course)
			when = due_in_words((row.due_date - today).days)
			make_notification_logs(
				frappe._dict(
					type="Alert",
					document_type=ASSIGNMENT,
					document_name=row.name,
					subject=f"{title}: {when}",
					from_user="Administrator",
					link=course_url(row.course),
				),
				[member],
			)


def _visible(entries: Sequence[Said], user: str) -> list[Said]:
	"""Leave somebody of HR what their User Permissions leave them."""
	names = frappe.get_list(
		ASSIGNMENT,
		filters={"name": ("in", list({entry.assignment for entry in entries}))},
		pluck="name",
		user=user,
		limit_page_length=0,
	)
	visible = set(names)
	return [entry for entry in entries if entry.assignment in visible]


def _tell_other(
	template: email_templates.Default, user: str, entries: Sequence[Said], overview: str, this: Run
) -> None:
	if not entries:
		return
	rows = rows_of(list({entry.assignment for entry in entries}))
	rows.sort(key=lambda row: (row.due_date, row.employee_name or "", row.course_title))
	email_queue = mails.queue(template, user, rows, this.today, overview)
	ledger.write(entries, user, email_queue)
	this.report.mails += bool(email_queue)
