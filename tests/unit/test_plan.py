from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from smooth_lms_hr.training.due_dates import MAX_DAYS, NoDueDate, due_date
from smooth_lms_hr.training.plan import (
	Cause,
	Course,
	Demand,
	Enrolment,
	HeldAssignment,
	PlanReason,
	plan_course,
)
from smooth_lms_hr.training.status import (
	AWAITING_SIGNATURE,
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


CAUSE = Cause("Employee Onboarding", "HR-ONB-1", "Onboarding", "Mandatory course")


def demand(course=COURSE, given=None, **fields):
	try:
		return Demand(fields.pop("cause", CAUSE), due_date(TODAY, course.due_days, 30, given), **fields)
	except NoDueDate as error:
		return Demand(CAUSE, None, error.problem)


def plan(course=COURSE, held=(), enrolment=None, given_due_date=None, demands=None, **kwargs):
	demands = [demand(course, given_due_date)] if demands is None else demands
	return plan_course(course, demands, held, enrolment, TODAY, **kwargs)


def held_assignment(status=COMPLETED, cycle=1, days_ago=10, counts=None):
	"""Return an assignment that was settled so many days ago, and counts for so many days, None for ever."""
	settled_on = TODAY - timedelta(days=days_ago) if status in (COMPLETED, WAIVED) else None
	return HeldAssignment(
		name=f"TA-{cycle}",
		cycle=cycle,
		status=status,
		due_date=TODAY,
		settled_on=settled_on,
		counts_until=settled_on + timedelta(days=counts) if settled_on and counts else None,
	)


def test_a_new_course_is_assigned():
	(planned,) = plan()
	assert planned.assigns
	assert (planned.reason, planned.cycle, planned.status, planned.progress) == (
		PlanReason.NEW,
		1,
		PENDING,
		0,
	)
	assert planned.due.date == date(2026, 12, 23)
	assert not planned.starts_over


def test_an_enrolment_is_kept_with_its_progress():
	(planned,) = plan(enrolment=Enrolment("E1", 40))
	assert (planned.status, planned.progress, planned.enrolment.name) == (IN_PROGRESS, 40, "E1")


def test_an_open_assignment_is_enough():
	for status in OPEN:
		(planned,) = plan(held=[held_assignment(COMPLETED, 1, 900), held_assignment(status, 2)])
		assert (planned.reason, planned.held.cycle) == (PlanReason.OPEN, 2)
		assert not planned.assigns


def test_a_completion_counts_for_ever_without_validity():
	(planned,) = plan(held=[held_assignment(COMPLETED, 1, 9000)], enrolment=Enrolment("E1", 100))
	assert planned.reason is PlanReason.VALID


def test_a_completion_counts_until_its_validity_ends():
	enrolment = Enrolment("E1", 100)
	(planned,) = plan(YEARLY, [held_assignment(COMPLETED, 1, 365, counts=365)], enrolment)
	assert planned.reason is PlanReason.VALID
	(planned,) = plan(YEARLY, [held_assignment(COMPLETED, 1, 366, counts=365)], enrolment)
	assert (planned.reason, planned.cycle, planned.status, planned.progress) == (
		PlanReason.RENEWAL,
		2,
		PENDING,
		0,
	)
	assert planned.starts_over


def test_a_waiver_is_a_decision_and_stands_until_the_daily_run_ends_it():
	for counts in (None, 365):
		(planned,) = plan(YEARLY, [held_assignment(WAIVED, 1, 366, counts)])
		assert planned.reason is PlanReason.WAIVED
	(planned,) = plan(YEARLY, [held_assignment(WAIVED, 1, 366)], Enrolment("E1", 20), renew=True)
	assert (planned.reason, planned.cycle, planned.progress) == (PlanReason.RENEWAL, 2, 20)
	assert not planned.starts_over


def test_of_two_who_were_merged_the_last_to_learn_decides_whatever_the_cycle():
	(planned,) = plan(
		YEARLY,
		[held_assignment(COMPLETED, 1, 10, counts=365), held_assignment(COMPLETED, 2, 400, counts=365)],
	)
	assert (planned.reason, planned.held.cycle) == (PlanReason.VALID, 1)
	(planned,) = plan(
		YEARLY,
		[held_assignment(COMPLETED, 1, 366, counts=365), held_assignment(COMPLETED, 2, 400, counts=365)],
	)
	assert (planned.reason, planned.held.cycle, planned.cycle) == (PlanReason.RENEWAL, 1, 3)


def test_what_was_cancelled_can_be_owed_again():
	(planned,) = plan(held=[held_assignment(CANCELLED, 1), held_assignment(CANCELLED, 2)])
	assert (planned.reason, planned.cycle) == (PlanReason.NEW, 3)


def test_what_was_learned_before_is_put_on_file():
	done = TODAY - timedelta(days=100)
	(planned,) = plan(enrolment=Enrolment("E1", 100, done))
	assert (planned.reason, planned.status, planned.completed_on, planned.cycle) == (
		PlanReason.LEARNED_BEFORE,
		COMPLETED,
		done,
		1,
	)
	(planned,) = plan(enrolment=Enrolment("E1", 100))
	assert planned.completed_on == TODAY  # Learning does not know when


def test_what_was_learned_too_long_ago_is_put_on_file_and_owed():
	done = TODAY - timedelta(days=400)
	filed, renewal = plan(YEARLY, enrolment=Enrolment("E1", 100, done))
	assert (filed.reason, filed.cycle, filed.completed_on) == (PlanReason.LEARNED_BEFORE, 1, done)
	assert (renewal.reason, renewal.cycle, renewal.status) == (PlanReason.RENEWAL, 2, PENDING)


def test_what_was_learned_before_and_is_to_be_signed_is_owed():
	signed = Course("safety", "Safety", validity_days=365, to_sign=True)
	done = TODAY - timedelta(days=100)
	(planned,) = plan(signed, enrolment=Enrolment("E1", 100, done), held=[held_assignment(CANCELLED)])
	assert (planned.reason, planned.status, planned.progress, planned.completed_on, planned.cycle) == (
		PlanReason.NEW, AWAITING_SIGNATURE, 100, None, 2,
	)  # fmt: skip
	assert not planned.starts_over
	(planned,) = plan(signed, held=[held_assignment(AWAITING_SIGNATURE)], renew=True)
	assert planned.reason is PlanReason.OPEN


def test_what_was_learned_too_long_ago_is_learned_again_before_it_is_signed():
	signed = Course("safety", "Safety", validity_days=365, to_sign=True)
	filed, renewal = plan(signed, enrolment=Enrolment("E1", 100, TODAY - timedelta(days=400)))
	assert (filed.reason, renewal.reason, renewal.status) == (
		PlanReason.LEARNED_BEFORE, PlanReason.RENEWAL, PENDING,
	)  # fmt: skip


def test_what_was_signed_counts_though_it_is_to_be_signed():
	signed = Course("safety", "Safety", to_sign=True)
	(planned,) = plan(signed, held=[held_assignment(COMPLETED)], enrolment=Enrolment("E1", 100))
	assert planned.reason is PlanReason.VALID


def test_somebody_may_choose_to_have_it_done_again():
	(planned,) = plan(held=[held_assignment(COMPLETED)], enrolment=Enrolment("E1", 100), renew=True)
	assert (planned.reason, planned.cycle) == (PlanReason.RENEWAL, 2)
	assert planned.starts_over
	(planned,) = plan(held=[held_assignment(PENDING)], renew=True)
	assert planned.reason is PlanReason.OPEN


def test_days_that_make_no_date_are_named_not_raised():
	for days in (-1, MAX_DAYS + 1, 10**12):
		(planned,) = plan(Course("safety", "Safety", due_days=days))
		assert planned.reason is PlanReason.NO_DUE_DATE
		assert not planned.assigns


def test_a_due_date_in_the_past_starts_overdue():
	(planned,) = plan(given_due_date=TODAY - timedelta(days=1))
	assert planned.status == OVERDUE


def test_of_several_demands_the_earliest_due_date_wins_and_all_are_kept():
	soon = Cause("LMS Training Rule", "Drivers", "Rule", "Rule Drivers")
	early = demand(given=TODAY + timedelta(days=3), cause=soon)
	(planned,) = plan(demands=[demand(), early])
	assert planned.due.date == TODAY + timedelta(days=3)
	assert [one.cause for one in planned.demands] == [soon, CAUSE]


def test_what_nothing_asks_for_is_not_meant():
	(planned,) = plan(demands=[])
	assert planned.reason is PlanReason.NOT_MEANT


def test_a_completion_that_is_too_old_for_one_demand_makes_a_debt_of_that_one_alone():
	fresh = Cause("LMS Training Rule", "Yearly", "Rule", "Rule Yearly")
	strict = demand(cause=fresh, counts_since=TODAY - timedelta(days=9))
	(planned,) = plan(held=[held_assignment(COMPLETED, 1, 10)], demands=[demand(), strict])
	assert (planned.reason, [one.cause for one in planned.demands]) == (PlanReason.RENEWAL, [fresh])
	(planned,) = plan(held=[held_assignment(COMPLETED, 1, 9)], demands=[demand(), strict])
	assert planned.reason is PlanReason.VALID


def test_a_demand_without_a_date_does_not_keep_another_from_being_met():
	undated = demand(Course("safety", "Safety", due_days=-1))
	(planned,) = plan(demands=[undated, demand()])
	assert planned.assigns
	assert len(planned.demands) == 2
	(planned,) = plan(demands=[undated])
	assert planned.reason is PlanReason.NO_DUE_DATE
	# Who has learned it already needs no date.
	(planned,) = plan(held=[held_assignment(COMPLETED)], demands=[undated])
	assert planned.reason is PlanReason.VALID


histories = st.lists(
	st.builds(held_assignment, st.sampled_from([*OPEN, *FINAL]), st.integers(1, 6), st.integers(0, 1000)),
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


@given(courses, histories, enrolments, st.booleans())
def test_planning_what_was_planned_assigns_nothing_more(course, before, enrolment, renew):
	plans = plan(course, before, enrolment, renew=renew)
	written = [
		HeldAssignment(
			f"TA-{planned.cycle}", planned.cycle, planned.status, planned.due.date, planned.completed_on
		)
		for planned in plans
		if planned.assigns
	]
	# Never twice: no cycle is used again, and never are two open at once.
	cycles = [each.cycle for each in (*before, *written)]
	assert len(cycles) == len(set(cycles))
	if not any(each.status in OPEN for each in before):
		assert sum(each.status in OPEN for each in written) <= 1
	if any(planned.starts_over for planned in plans):
		enrolment = Enrolment("E1", 0)
	again = plan(course, [*before, *written], enrolment)
	assert not any(planned.assigns for planned in again)
