"""A completed course that counts like the one that is owed."""

from datetime import date, timedelta

import pytest

from smooth_lms_hr.training.plan import (
	Cause,
	Demand,
	Equivalent,
	PlanReason,
	counts_while_open,
)
from smooth_lms_hr.training.status import COMPLETED, PENDING
from tests.unit.test_plan import COURSE, TODAY, YEARLY, Enrolment, demand, held_assignment, plan


def ago(days: int) -> date:
	return TODAY - timedelta(days=days)


def other(days_ago: int, name: str = "first-aid") -> Equivalent:
	return Equivalent(name, name.title(), ago(days_ago))


def test_it_is_put_on_file_as_completed_on_that_day_and_nobody_is_enrolled():
	(planned,) = plan(equivalents=[other(10), other(200, "older")])
	assert (planned.reason, planned.status, planned.cycle) == (PlanReason.EQUIVALENT, COMPLETED, 1)
	assert (planned.completed_on, planned.equivalent.course) == (ago(10), "first-aid")
	assert (planned.progress, planned.enrols) == (0, False)


@pytest.mark.parametrize(("days_ago", "reason"), [(365, PlanReason.EQUIVALENT), (366, PlanReason.NEW)])
def test_it_is_valid_by_the_owed_courses_days(days_ago, reason):
	(planned,) = plan(YEARLY, equivalents=[other(days_ago)])
	assert planned.reason is reason
	assert planned.enrols == (reason is PlanReason.NEW)


def test_what_is_settled_since_then_says_more():
	held = held_assignment(COMPLETED, days_ago=10)
	(planned,) = plan(YEARLY, held=[held], equivalents=[other(10)])
	assert (planned.reason, planned.held) == (PlanReason.VALID, held)


def test_where_the_course_itself_is_no_longer_valid_it_is_the_next_cycle():
	held = held_assignment(COMPLETED, cycle=3, days_ago=500, counts=365)
	(planned,) = plan(YEARLY, held=[held], equivalents=[other(20)])
	assert (planned.reason, planned.cycle, planned.completed_on) == (PlanReason.EQUIVALENT, 4, ago(20))


def test_an_old_completion_that_is_not_on_file_is_put_there_first():
	learned = Enrolment("E1", 100, ago(500))
	first, second = plan(YEARLY, enrolment=learned, equivalents=[other(20)])
	assert (first.reason, first.cycle, first.completed_on) == (PlanReason.LEARNED_BEFORE, 1, ago(500))
	assert (second.reason, second.cycle, second.completed_on) == (PlanReason.EQUIVALENT, 2, ago(20))


def test_a_cause_that_wants_it_later_is_not_met_by_it():
	strict = demand(cause=Cause("LMS Training Rule", "R1", "Rule", "Rule"), counts_since=ago(30))
	(planned,) = plan(demands=[demand(), strict], equivalents=[other(40)])
	assert (planned.reason, planned.demands, planned.status) == (PlanReason.NEW, (strict,), PENDING)
	(planned,) = plan(demands=[demand(), strict], equivalents=[other(30)])
	assert planned.reason is PlanReason.EQUIVALENT


def test_somebodys_choice_assigns_again_what_is_on_file_and_puts_on_file_what_is_not():
	(planned,) = plan(equivalents=[other(10)], renew=True)
	assert planned.reason is PlanReason.EQUIVALENT
	held = held_assignment(COMPLETED, days_ago=10)
	(planned,) = plan(held=[held], equivalents=[other(10)], renew=True)
	assert (planned.reason, planned.cycle) == (PlanReason.RENEWAL, 2)


@pytest.mark.parametrize(
	("done", "assigned", "settled", "validity", "since", "counts"),
	[
		# completed since it was assigned
		(5, 20, None, 0, None, True),
		(20, 20, None, 0, None, True),
		(400, 500, None, 365, 30, True),
		# before: where it would be put on file today
		(21, 20, None, 0, None, True),
		(21, 20, None, 20, None, False),
		(21, 20, None, 0, 20, False),
		(21, 20, None, 0, 21, True),
		# it is on file already, or the course itself was settled since
		(21, 20, 21, 0, None, False),
		(21, 20, 22, 0, None, True),
		(21, 20, 3, 0, None, False),
	],
)
def test_what_completes_an_open_assignment(done, assigned, settled, validity, since, counts):
	wanted = Demand(Cause("", "", "", ""), counts_since=ago(since) if since else None)
	assert counts is counts_while_open(
		other(done), ago(assigned), settled and ago(settled), [wanted], validity, TODAY
	)


def test_nothing_is_owed_where_nothing_asks():
	(planned,) = plan(COURSE, demands=[], equivalents=[other(1)])
	assert planned.reason is PlanReason.NOT_MEANT
