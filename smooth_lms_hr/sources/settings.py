"""The app's settings, as the rules want them."""

from dataclasses import dataclass
from datetime import date

import frappe
from frappe.utils import cint, flt, getdate

from smooth_lms_hr.training.ladder import Ladder, Rung

LATER_OF_ASSIGNMENT_AND_JOINING = "Later of Assignment and Joining"
SETTINGS = "LMS Training Settings"
GATE_OFF, GATE_WARN, GATE_BLOCK = "Off", "Warn", "Block"
RETENTION_OFF, RETENTION_DRY_RUN, RETENTION_ON = "Off", "Dry Run", "On"


@dataclass(frozen=True)
class Settings:
	"""
	:param due_days_from_joining: the baseline's days are counted from joining, where that is later than assignment
	:param announced_since: the day on which announcing was switched on again, None where it never was off
	:param renew_before_days: a renewal opens so many days before the last valid day, at most
	:param leave_extends_from_days: leaves of so many days or more move due dates, 0 for none
	:param quiet_on_holidays: nobody is reminded on their own holidays and weekly offs
	:param gate: GATE_OFF, GATE_WARN or GATE_BLOCK
	:param seal_recipient: the address that each seal of the record is mailed to, None for none
	:param escalate_as_todo: an escalation is a ToDo too
	:param attach_calendar: mails about an assignment bring its due date for the calendar
	:param retention: RETENTION_OFF, RETENTION_DRY_RUN or RETENTION_ON
	:param retain_years_after_exit: so long the record of a person is kept who has left
	:param binder_keep_days: so long a binder can be fetched
	:param training_hours_target: of a person and year, 0 for none
	:param managers_answer_extensions: a manager answers requests of the own team for another due date
	"""

	enabled: bool
	default_due_days: int
	due_days_from_joining: bool
	assign_when_linked_later: bool
	waive_own_training: bool
	show_on_lms_home: bool
	send_reminders: bool
	notify_on_assignment: bool
	announced_since: date | None
	ladder: Ladder
	manager_digest: str
	sender: str | None
	renew_before_days: int
	leave_extends_from_days: int
	quiet_on_holidays: bool
	gate: str
	managers_answer_extensions: bool
	seal_recipient: str | None
	escalate_as_todo: bool
	attach_calendar: bool
	retention: str
	retain_years_after_exit: int
	binder_keep_days: int
	training_hours_target: float


def get_settings() -> Settings:
	doc = frappe.get_cached_doc(SETTINGS)
	return Settings(
		enabled=bool(cint(doc.enabled)),
		default_due_days=cint(doc.default_due_days),
		due_days_from_joining=doc.due_days_from == LATER_OF_ASSIGNMENT_AND_JOINING,
		assign_when_linked_later=bool(cint(doc.assign_when_linked_later)),
		waive_own_training=bool(cint(doc.waive_own_training)),
		show_on_lms_home=bool(cint(doc.show_on_lms_home)),
		send_reminders=bool(cint(doc.send_reminders)),
		notify_on_assignment=bool(cint(doc.notify_on_assignment)),
		announced_since=getdate(doc.announced_since) if doc.announced_since else None,
		ladder=Ladder(
			rungs=[
				Rung(
					cint(row.offset_days),
					member=bool(row.notify_member),
					manager=bool(row.notify_manager),
					hr=bool(row.notify_hr),
				)
				for row in doc.reminder_ladder
			],
			repeat_every_days=cint(doc.repeat_every_days),
			stop_after_days=cint(doc.stop_after_days),
		),
		manager_digest=doc.manager_digest or "Never",
		sender=doc.sender or None,
		renew_before_days=cint(doc.renew_before_days),
		leave_extends_from_days=cint(doc.leave_extends_from_days),
		quiet_on_holidays=bool(cint(doc.quiet_on_holidays)),
		gate=doc.gate or GATE_OFF,
		managers_answer_extensions=bool(cint(doc.managers_answer_extensions)),
		seal_recipient=doc.seal_recipient or None,
		escalate_as_todo=bool(cint(doc.escalate_as_todo)),
		attach_calendar=bool(cint(doc.attach_calendar)),
		retention=doc.retention or RETENTION_OFF,
		retain_years_after_exit=cint(doc.retain_years_after_exit),
		binder_keep_days=cint(doc.binder_keep_days),
		training_hours_target=flt(doc.training_hours_target),
	)
