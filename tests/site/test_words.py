"""What the rules decided, in the words that HR and learners read."""

from datetime import date, timedelta

import frappe
import pytest
from frappe.utils import formatdate

from smooth_lms_hr import api, desk
from smooth_lms_hr.sources import words
from smooth_lms_hr.training.due_dates import Anchor, Basis, Due, due_date
from smooth_lms_hr.training.plan import (
	AssignmentPlan,
	Cause,
	Course,
	Demand,
	Enrolment,
	HeldAssignment,
	plan_course,
)
from smooth_lms_hr.training.status import COMPLETED
from tests.site import factory
from tests.site.conftest import TODAY

ASSIGNMENT = "LMS Training Assignment"
DUE = TODAY + timedelta(days=30)
FOR_EVER, YEARLY = Course("safety", "Safety"), Course("safety", "Safety", validity_days=365)


def asked(course) -> list[Demand]:
	cause = Cause("User", "hr@example.com", "Manual", "Because")
	return [Demand(cause, due_date(TODAY, course.due_days, 30))]


def decided(course, held=(), enrolment=None, **choices) -> AssignmentPlan:
	return plan_course(course, asked(course), held, enrolment, TODAY, **choices)[-1]


def completed(days_ago: int, counts: int | None = 365) -> HeldAssignment:
	on = TODAY - timedelta(days=days_ago)
	until = on + timedelta(days=counts) if counts else None
	return HeldAssignment("TA-00007", 1, COMPLETED, date(2026, 1, 31), on, None, until)


def test_a_renewal_says_what_it_renews():
	step = decided(YEARLY, [completed(400)])
	assert words.reason_to_assign(step) == "Because. Renewal: TA-00007 was completed on 2025-10-19."
	assert words.describe_assigned(step) == f"renewal 2, due {formatdate(DUE)}"
	old = Enrolment("E1", 100, TODAY - timedelta(days=400))
	filed, renewed = plan_course(YEARLY, asked(YEARLY), (), old, TODAY)
	assert words.reason_to_assign(filed) == (
		"Because. Completed in Learning before it was assigned, on 2025-10-19."
	)
	assert (
		words.describe_assigned(filed) == f"completed in Learning on {formatdate('2025-10-19')}, put on file"
	)
	assert words.reason_to_assign(renewed) == (
		"Because. Renewal: the completion in Learning is no longer valid."
	)
	assert words.reason_to_assign(decided(YEARLY)) == "Because."
	assert words.describe_assigned(decided(YEARLY)) == f"due {formatdate(DUE)}"


def test_dates_that_were_stored_are_read_as_dates_are_written_where_they_stand():
	said = (
		"TA-2026-11-30 counts from 2026-02-28 (2026-03-01), not 2026-02-30, 12026-03-01 or HR-EMP-2026-00001"
	)
	read = said.replace("2026-02-28", "28.2.").replace("(2026-03-01)", "(1.3.)")
	assert words.as_read(said, lambda day: f"{day.day}.{day.month}.") == read
	assert words.as_read("on 2026-02-28") == f"on {formatdate('2026-02-28')}"
	assert words.as_read(None) is None


def test_what_still_counts_says_until_when():
	assert words.reason_not_to_assign(decided(FOR_EVER, [completed(4000, None)])) == (
		f"completed on {formatdate('2015-12-11')} (TA-00007), does not expire"
	)
	assert words.reason_not_to_assign(decided(YEARLY, [completed(10)])) == (
		f"completed on {formatdate('2026-11-13')} (TA-00007), valid until {formatdate('2027-11-13')}"
	)


@pytest.mark.parametrize(
	("validity", "said"),
	[(0, "does not expire"), (365, f"valid until {formatdate(TODAY + timedelta(days=365))}")],
)
def test_an_onboarding_says_so_too(hire, hr, validity, said):
	course = factory.course("Safety", validity_days=validity)
	api.assign_mandatory_training(employees=[hire.name])
	factory.complete_lessons(hire.user_id, course)
	assert f", {said}" in factory.onboarding(employee=hire.name).training_note


def test_a_sample_reminder_is_sent_to_whoever_asks(hr):
	frappe.set_user("Administrator")
	factory.mail_account()
	other = factory.user("System Manager")
	frappe.set_user(hr)
	frappe.db.delete("Email Queue")
	assert desk.send_test_mail() == hr
	(mail,) = frappe.get_all("Email Queue", ["name", "message"])
	recipients = frappe.get_all("Email Queue Recipient", {"parent": mail.name}, pluck="recipient")
	assert recipients == [hr]
	assert other not in recipients
	subject, text = factory.parse_mail(mail.message)
	assert subject == "Training Reminder: Sample course"
	assert "in 7 days" in text
	assert "40 %" in text
	# It is about nobody's debt, and says nothing to the bell or the ledger.
	assert not frappe.db.count("LMS Training Notification")
	assert not frappe.db.count("Notification Log", {"for_user": hr})


@pytest.mark.parametrize(
	("due", "said"),
	[
		(Due(DUE, Basis.RULE, TODAY, 7, Anchor.JOINING, TODAY), f"7 days after joining ({TODAY})"),
		(
			Due(DUE, Basis.RULE, TODAY, 7, Anchor.ASSIGNMENT, TODAY, Anchor.JOINING, date(2020, 1, 1)),
			f"7 days after assignment ({TODAY}): joining on 2020-01-01 lies before the rule",
		),
		(
			Due(DUE, Basis.RULE, TODAY, 7, Anchor.ASSIGNMENT, TODAY, Anchor.TRANSFER, None),
			f"7 days after assignment ({TODAY}): there was no transfer",
		),
		(Due(DUE, Basis.FIXED_DAY, TODAY), "Every year on this day"),
	],
)
def test_a_due_date_says_what_it_is_counted_from(due, said):
	assert words.due_date_basis(due) == said
