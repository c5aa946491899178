from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from smooth_lms_hr.training.due_dates import MAX_DAYS
from smooth_lms_hr.training.plan import Course, Debt, Enrolment, Why, plan_course
from smooth_lms_hr.training.status import (
	CANCELLED,
	COMPLETED,
	FINAL,
	IN_PROGRESS,
	OPEN,
	OVERDUE,
	PENDING,
	WAIVED,
)

TODAY = date(2026, 11, 23)
COURSE = Course("safety", "Safety")
YEARLY = Course("safety", "Safety", validity_days=365)


def plan(course=COURSE, debts=(), enrolment=None, **kwargs):
	return plan_course(course, debts, enrolment, TODAY, 30, **kwargs)


def debt(status=COMPLETED, cycle=1, days_ago=10):
	return Debt(
		name=f"TA-{cycle}",
		cycle=cycle,
		status=status,
		due_date=TODAY,
		settled_on=TODAY - timedelta(days=days_ago) if status in (COMPLETED, WAIVED) else None,
	)


def test_a_new_course_is_assigned():
	(step,) = plan()
	assert step.assigns
	assert (step.why, step.cycle, step.status, step.progress) == (Why.NEW, 1, PENDING, 0)
	assert step.due.date == date(2026, 12, 23)
	assert not step.starts_over


def test_an_enrolment_is_kept_with_its_progress():
	(step,) = plan(enrolment=Enrolment("E1", 40))
	assert (step.status, step.progress, step.enrolment.name) == (IN_PROGRESS, 40, "E1")


def test_an_open_assignment_is_enough():
	for status in OPEN:
		(step,) = plan(debts=[debt(COMPLETED, 1, 900), debt(status, 2)])
		assert (step.why, step.debt.cycle) == (Why.OPEN, 2)
		assert not step.assigns


def test_a_completion_counts_for_ever_without_validity():
	(step,) = plan(debts=[debt(COMPLETED, 1, 9000)], enrolment=Enrolment("E1", 100))
	assert step.why is Why.VALID


def test_a_completion_counts_until_its_validity_ends():
	enrolment = Enrolment("E1", 100)
	(step,) = plan(YEARLY, [debt(COMPLETED, 1, 365)], enrolment)
	assert step.why is Why.VALID
	(step,) = plan(YEARLY, [debt(COMPLETED, 1, 366)], enrolment)
	assert (step.why, step.cycle, step.status, step.progress) == (Why.RENEWAL, 2, PENDING, 0)
	assert step.starts_over


def test_a_waiver_is_a_decision_and_counts_like_a_completion():
	(step,) = plan(YEARLY, [debt(WAIVED, 1, 365)])
	assert step.why is Why.WAIVED
	(step,) = plan(YEARLY, [debt(WAIVED, 1, 366)], Enrolment("E1", 20))
	assert (step.why, step.cycle, step.progress) == (Why.RENEWAL, 2, 20)
	assert not step.starts_over


def test_of_two_who_were_merged_the_last_to_learn_decides_whatever_the_cycle():
	(step,) = plan(YEARLY, [debt(COMPLETED, 1, 10), debt(COMPLETED, 2, 400)])
	assert (step.why, step.debt.cycle) == (Why.VALID, 1)
	(step,) = plan(YEARLY, [debt(COMPLETED, 1, 400), debt(WAIVED, 2, 366)])
	assert (step.why, step.debt.cycle, step.cycle) == (Why.RENEWAL, 2, 3)


def test_what_was_cancelled_can_be_owed_again():
	(step,) = plan(debts=[debt(CANCELLED, 1), debt(CANCELLED, 2)])
	assert (step.why, step.cycle) == (Why.NEW, 3)


def test_what_was_learned_before_is_put_on_file():
	done = TODAY - timedelta(days=100)
	(step,) = plan(enrolment=Enrolment("E1", 100, done))
	assert (step.why, step.status, step.completed_on, step.cycle) == (Why.LEARNED_BEFORE, COMPLETED, done, 1)
	(step,) = plan(enrolment=Enrolment("E1", 100))
	assert step.completed_on == TODAY  # Learning does not know when


def test_what_was_learned_too_long_ago_is_put_on_file_and_owed():
	done = TODAY - timedelta(days=400)
	filed, renewal = plan(YEARLY, enrolment=Enrolment("E1", 100, done))
	assert (filed.why, filed.cycle, filed.completed_on) == (Why.LEARNED_BEFORE, 1, done)
	assert (renewal.why, renewal.cycle, renewal.status) == (Why.RENEWAL, 2, PENDING)


def test_somebody_may_choose_to_have_it_done_again():
	(step,) = plan(debts=[debt(COMPLETED)], enrolment=Enrolment("E1", 100), renew=True)
	assert (step.why, step.cycle) == (Why.RENEWAL, 2)
	assert step.starts_over
	(step,) = plan(debts=[debt(PENDING)], renew=True)
	assert step.why is Why.OPEN


def test_days_that_make_no_date_are_named_not_raised():
	for days in (-1, MAX_DAYS + 1, 10**12):
		(step,) = plan(Course("safety", "Safety", due_days=days))
		assert step.why is Why.BAD_DUE_DAYS
		assert not step.assigns


def test_a_due_date_in_the_past_starts_overdue():
	(step,) = plan(given_due_date=TODAY - timedelta(days=1))
	assert step.status == OVERDUE


debts = st.lists(
	st.builds(debt, st.sampled_from([*OPEN, *FINAL]), st.integers(1, 6), st.integers(0, 1000)),
	unique_by=lambda each: each.cycle,
)
enrolments = st.none() | st.builds(
	Enrolment,
	st.just("E1"),
	st.sampled_from([0, 33.3, 100]),
	st.none() | st.dates(date(2020, 1, 1), TODAY),
)
courses = st.builds(
	Course, st.just("c"), st.just("C"), st.integers(-1, MAX_DAYS + 1), st.sampled_from([0, 1, 30, 365])
)


@given(courses, debts, enrolments, st.booleans())
def test_planning_what_was_planned_assigns_nothing_more(course, before, enrolment, renew):
	steps = plan(course, before, enrolment, renew=renew)
	written = [
		Debt(f"TA-{step.cycle}", step.cycle, step.status, step.due.date, step.completed_on)
		for step in steps
		if step.assigns
	]
	# Never twice: no cycle is used again, and never are two open at once.
	cycles = [each.cycle for each in (*before, *written)]
	assert len(cycles) == len(set(cycles))
	if not any(each.status in OPEN for each in before):
		assert sum(each.status in OPEN for each in written) <= 1
	if any(step.starts_over for step in steps):
		enrolment = Enrolment("E1", 0)
	again = plan(course, [*before, *written], enrolment)
	assert not any(step.assigns for step in again)
