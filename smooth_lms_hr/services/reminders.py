"""Says what the ladder owes: to members, to their managers, to HR, each at most one mail a run.

Whatever is said is entered in the ledger in the same transaction as the mail in Frappe's queue, and committed in
chunks: a run that is killed leaves a chunk said or not said, never half, and the next run says what is missing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
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
from smooth_lms_hr.training.ladder import HR, MANAGER, MEMBER, owed_today
from smooth_lms_hr.training.status import OPEN

MEMBERS_PER_CHUNK = 200
DUE_SOON_DAYS = 7

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
class Errand:
	"""What has to be said to somebody else than the member, of one assignment."""

	name: str
	employee: str | None
	said: list[Said]


def run(today: date, settings: Settings, commit=lambda: None) -> Report:
	"""Say everything that is owed today.

	:param today: in the site's time zone
	:param commit: called after every step that may stand by itself
	"""
	report = Report()
	with_mail = mails.can_send()
	to_managers: list[Errand] = []
	to_hr: list[Errand] = []
	digest = digest_rung(today, settings.manager_digest)
	digested = ledger.told(digest, MANAGER) if digest else set()
	for chunk in _chunks(today, settings):
		_remind_chunk(chunk, today, settings, digest, report, to_managers, to_hr, with_mail)
		commit()
	if with_mail:
		groups, orphans = _by_manager(to_managers, digest, digested)
		for manager, errands in groups.items():
			_send_digest(email_templates.TEAM, manager, errands, today, "/my-team-training", report)
			commit()
		_tell_hr(to_hr + orphans, today, report)
		commit()
	return report


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


def _remind_chunk(rows, today, settings, digest, report, to_managers, to_hr, with_mail) -> None:
	said = ledger.said_of([row.name for row in rows])
	reachable, problems = people.by_user({row.member for row in rows})
	report.unreachable += len(problems)
	owed: dict[str, list[tuple[frappe._dict, Said]]] = defaultdict(list)
	new = []
	for row in rows:
		if row.member not in reachable:
			continue
		errands = {MANAGER: [], HR: []}
		for each in _owed(row, today, settings, said[row.name]):
			entry = Said(row.name, str(each.rung), row.due_date, each.audience)
			if each.audience == MEMBER:
				owed[row.member].append((row, entry))
			else:
				errands[each.audience].append(entry)
		if digest and (row.due_date - today).days <= DUE_SOON_DAYS:
			errands[MANAGER].append(Said(row.name, digest, row.due_date, MANAGER))
		for audience, errands_of in ((MANAGER, to_managers), (HR, to_hr)):
			if errands[audience]:
				errands_of.append(Errand(row.name, row.employee, errands[audience]))
		if settings.notify_on_assignment and _is_new(row, today, said[row.name]):
			new.append(row)
	if settings.notify_on_assignment:
		_announce_rows(new, today, report, with_mail)
	for pairs in owed.values():
		member_rows = [row for row, _said in pairs]
		with _telling(_("Reminding {0} failed"), member_rows[0].member, report):
			_tell_member(
				member_rows,
				[entry for _row, entry in pairs],
				today,
				email_templates.REMINDER,
				report,
				with_mail,
			)


def _owed(row, today: date, settings: Settings, said: set) -> list:
	sent = {
		(int(rung), audience)
		for rung, due, audience in said
		if due == row.due_date and rung.lstrip("-").isdigit()
	}
	armed_on = getdate(row.due_date_set_on or row.assigned_on)
	return owed_today(settings.ladder, row.due_date, armed_on, today, sent)


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


def _by_manager(
	errands: Sequence[Errand], digest: str | None, digested: set[str]
) -> tuple[dict[str, list[Errand]], list[Errand]]:
	"""Return errands by who is to be told, and those of people whom nobody manages: they go to HR."""
	who = managers.of({errand.employee for errand in errands if errand.employee})
	groups, orphans = defaultdict(list), []
	for errand in errands:
		manager = who.get(errand.employee)
		# Named after the manager: somebody who changes teams is in the digest of the new one as well.
		errand.said = [
			replace(each, rung=f"{digest} {manager}") if each.rung == digest else each
			for each in errand.said
			if each.rung != digest or (manager and manager not in digested)
		]
		if not errand.said:
			continue
		(groups[manager] if manager else orphans).append(errand)
	return dict(sorted(groups.items())), orphans


def _send_digest(
	template, user: str, errands: Sequence[Errand], today, overview: str, report: Report
) -> None:
	rows = rows_of([errand.name for errand in errands])
	rows.sort(key=lambda row: (row.due_date, row.employee_name or "", row.course_title))
	with _telling(_("Telling {0} about the team's training failed"), user, report):
		email_queue = mails.queue(template, user, rows, today, overview)
		ledger.write([said for errand in errands for said in errand.said], user, email_queue)
		report.mails += bool(email_queue)


def _tell_hr(errands: Sequence[Errand], today: date, report: Report) -> None:
	"""Send each HR Manager what their User Permissions leave them; the ledger keeps one entry, with the first of them."""
	if not errands:
		return
	open_errands = {}
	for errand in errands:
		open_errands.setdefault(errand.name, []).extend(errand.said)
	for user in managers.hr():
		visible = frappe.get_list(
			ASSIGNMENT,
			filters={"name": ("in", list(open_errands))},
			pluck="name",
			user=user,
			limit_page_length=0,
		)
		if not visible:
			continue
		rows = rows_of(visible)
		with _telling(_("Telling {0} about overdue training failed"), user, report):
			email_queue = mails.queue(
				email_templates.HR, user, rows, today, "/app/lms-training-assignment?status=Overdue"
			)
			ledger.write([said for name in visible for said in open_errands[name]], user, email_queue)
			report.mails += bool(email_queue)
			for name in visible:
				# Said to HR now; what others of HR are told of it needs no entry of its own.
				open_errands[name] = []
