"""How many of which people a choice of courses would assign what: plans counted, where nobody needs to be named."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date

from smooth_lms_hr.assigning.assigning import Wish, plan_assignments
from smooth_lms_hr.sources import equivalents, facts, situations
from smooth_lms_hr.sources.people import Person
from smooth_lms_hr.sources.situations import Situation
from smooth_lms_hr.training.plan import (
	AssignmentPlan,
	Course,
	Demand,
	HeldAssignment,
	PlanReason,
	plan_course,
)

# What was learned changes nothing about these: what somebody holds is enough.
HELD_ALREADY = (PlanReason.OPEN, PlanReason.VALID, PlanReason.WAIVED)


def count_plans(
	people: Collection[Person], demands: Mapping[Course, Demand], today: date
) -> Counter[PlanReason]:
	"""Count what ``plan_assignments`` decides, by reason, where nobody needs to be named. Reads, writes nothing.

	People of whom the same is known of a course owe the same of it: the rule is asked once for all of them.

	:param people: each once
	:param demands: the same of everybody, by course
	"""
	by_member = {person.member: person for person in people}
	courses = {course.name: course for course in demands}
	owed = [name for name, course in courses.items() if course.has_equivalents]
	# Who completed another course that counts is looked at one by one: they are few.
	done_elsewhere = equivalents.completed({(member, course) for course in owed for member in by_member})
	wishes = [
		Wish(by_member[member], courses[name], (demands[courses[name]],)) for member, name in done_elsewhere
	]
	decided = Counter(planned.reason for _person, planned in plan_assignments(wishes, today))

	def decides(name: str, held: tuple) -> bool:
		plans = _plan_situation(courses[name], demands[courses[name]], Situation(held), today)
		return all(planned.reason in HELD_ALREADY for planned in plans)

	counted = situations.count(list(by_member), courses.keys() - set(owed), decides)
	for name in owed:
		others = [member for member in by_member if (member, name) not in done_elsewhere]
		counted |= situations.count(others, [name], decides)
	for name, course in courses.items():
		for situation, number in counted[name].items():
			for planned in _plan_situation(course, demands[course], situation, today):
				decided[planned.reason] += number
	return decided


def _plan_situation(
	course: Course, demand: Demand, situation: Situation, today: date
) -> list[AssignmentPlan]:
	# What an assignment is called and when it is due decides nothing about another one.
	held = [
		HeldAssignment("", one.cycle, one.status, today, one.settled_on, None, one.counts_until)
		for one in situation.held
	]
	return plan_course(course, [demand], held, facts.enrolment(None, situation.learned), today)
