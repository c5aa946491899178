"""The dry run of a campaign counts what the plan of each person and course says, though it asks once for equal cases."""

import itertools
import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import frappe
import pytest
from frappe.utils import get_datetime

from smooth_lms_hr import api
from smooth_lms_hr.assigning import assigning, campaign, counting, demands
from smooth_lms_hr.sources import facts, situations
from smooth_lms_hr.sources import people as people_of
from smooth_lms_hr.sources.people import Person
from smooth_lms_hr.training.plan import TO_ASSIGN, PlanReason
from tests.site import factory
from tests.site.conftest import TODAY
from tests.site.factory import insert
from tests.site.queries import Queries

ASSIGNMENT = "LMS Training Assignment"
VALID_FOR = 30
LESSONS = 2
# Of an assignment: its status, and how many days ago it was settled. On both sides of the last day that counts, and a
# completion without a day, as older data has it.
HELD = [
	("Pending", None), ("In Progress", None), ("Overdue", None), ("Cancelled", None),
	*((status, days) for status in ("Completed", "Waived") for days in (0, VALID_FOR, VALID_FOR + 1, None)),
]  # fmt: skip
# Of the lessons: how many are completed, and how many days ago.
LEARNED = [(0, 0), (1, 3), *((LESSONS, days) for days in (0, VALID_FOR, VALID_FOR + 1))]
# None, one, and two of them in either order of cycles.
HOLDINGS = [(), *((one,) for one in HELD), *itertools.product(HELD, HELD)]


@pytest.fixture
def everybody():
	"""Write a person for each combination of what can be held and learned, of every course; return people and courses."""
	names = [
		factory.course("Valid for ever", lessons=LESSONS),
		factory.course("Valid for a month", lessons=LESSONS, validity_days=VALID_FOR),
		factory.course("Without lessons", lessons=0, validity_days=VALID_FOR),
		factory.course("Due in no time", lessons=LESSONS),
	]
	frappe.db.set_value("LMS Course", names[-1], "training_due_days", -5)
	alike = [{"course": names[0]}]
	names.append(factory.course("Counted alike", lessons=LESSONS, validity_days=VALID_FOR, equivalents=alike))
	courses = facts.published_courses(names)
	lessons = {course: factory.lessons_of(course) for course in names}
	people, held, enrolled, learned = [], [], [], []
	for number, (holding, (done, days)) in enumerate(itertools.product(HOLDINGS, LEARNED)):
		person = Person(f"case-{number:04}@example.com", f"Case {number}")
		people.append(person)
		for course in names:
			for cycle, (status, settled) in enumerate(holding, 1):
				held.append(
					{
						"name": f"TA-{number}-{course}-{cycle}",
						"member": person.member,
						"course": course,
						"cycle": cycle,
						"status": status,
						"due_date": TODAY + timedelta(days=number % 7 - 3),
						"completed_on": day_before(settled) if status == "Completed" else None,
						"waived_on": day_before(settled) if status == "Waived" else None,
						**counts_until(status, settled, course != names[0]),
						"enrollment": f"E-{number}-{course}",
					}
				)
			# Enrolled or not: with nothing learned it makes no difference.
			if number % 3:
				enrolled.append(
					{
						"name": f"E-{number}-{course}",
						"member": person.member,
						"course": course,
						"progress": 50,
					}
				)
			for place, lesson in enumerate(lessons[course][:done]):
				learned.append(
					{
						"name": f"P-{number}-{course}-{place}",
						"member": person.member,
						"course": course,
						"lesson": lesson,
						"status": "Complete",
						"creation": get_datetime(day_before(days)),
					}
				)
	insert(ASSIGNMENT, held)
	insert("LMS Enrollment", enrolled)
	insert("LMS Course Progress", learned)
	return people, courses


def counts_until(status, settled, ends):
	"""Return until when what was settled so many days ago counts: VALID_FOR days, or for ever."""
	until = day_before(settled - VALID_FOR) if ends and settled is not None else None
	return {
		fieldname: until if status == own else None
		for own, fieldname in (("Completed", "valid_until"), ("Waived", "waived_until"))
	}


def day_before(days):
	return None if days is None else str(TODAY - timedelta(days=days))


def plans(people, courses, terms, given=None):
	return assigning.plan_assignments(demands.by_hand(people, courses, terms, given), terms.today)


def each_by_itself(people, courses, terms, given=None):
	return Counter(plan.reason for _person, plan in plans(people, courses, terms, given))


def count(people, courses, terms, given=None):
	return counting.count_plans(people, demands.of_choice(courses, terms, given), terms.today)


@pytest.mark.parametrize("given", [None, TODAY + timedelta(days=5)])
@pytest.mark.parametrize("default_due_days", [30, 0])
def test_it_counts_what_the_plan_of_each_says(everybody, given, default_due_days):
	people, courses = everybody
	terms = replace(assigning.terms_now(), default_due_days=default_due_days)
	counted = count(people, courses, terms, given)
	assert counted == each_by_itself(people, courses, terms, given)
	# Every reason that there is, but for what other apps say of mandatory courses.
	reasons = set(PlanReason) - {PlanReason.NOT_MEANT}
	if given:
		reasons.discard(PlanReason.NO_DUE_DATE)
	elif not default_due_days:
		# A course without days of its own cannot be assigned then; what is held or still counts needs no date.
		reasons -= set(TO_ASSIGN)
	assert set(counted) == reasons


def test_each_case_by_itself_is_counted_right(everybody):
	"""Where one case is taken for another, two wrongs could make the sum right."""
	people, courses = everybody
	terms = assigning.terms_now()
	by_person = {}
	for person, plan in plans(people, courses, terms):
		by_person.setdefault(person.member, Counter())[plan.reason] += 1
	for person in people[:: len(people) // 80]:
		assert count([person], courses, terms) == by_person[person.member], person


def test_it_does_not_matter_how_many_are_read_at_once(everybody, monkeypatch):
	people, courses = everybody
	monkeypatch.setattr(campaign, "_people", lambda *_names: (people, {"member": {}, "employee": {}}))
	selection = campaign.Selection(["x"], [], [course.name for course in courses], None)
	answers = []
	for chunk in (7, 100, 10_000):
		monkeypatch.setattr(campaign, "CHUNK", chunk)
		answers.append(campaign.preview(selection))
	assert answers[0] == answers[1] == answers[2]
	assert answers[0]["people"] == len(people)


def test_nobody_and_nothing_is_nothing():
	person, terms = Person("nobody@example.com", "Nobody"), assigning.terms_now()
	assert count([person], [], terms) == Counter()
	course = facts.published_courses([factory.course("The course")])
	assert not count([], course, terms).total()
	assert count([person], course, terms) == {PlanReason.NEW: 1}


def learn(member, course, lesson, *days):
	insert(
		"LMS Course Progress",
		[
			{
				"name": factory.unique("Progress"),
				"member": member,
				"course": course,
				"lesson": lesson,
				"status": "Complete",
				"creation": get_datetime(day_before(each)),
			}
			for each in days
		],
	)


@pytest.mark.parametrize("days", [(VALID_FOR + 1, 0), (0, VALID_FOR + 1)])
def test_a_lesson_that_was_completed_twice_is_one_and_the_last_time_counts(days):
	course = factory.course("The course", lessons=LESSONS, validity_days=VALID_FOR)
	first, second = sorted(factory.lessons_of(course))
	people = [Person("twice@example.com", "Twice"), Person("half@example.com", "Half")]
	learn(people[0].member, course, first, *days)
	learn(people[0].member, course, second, VALID_FOR + 2)
	learn(people[1].member, course, first, *days)
	courses, terms = facts.published_courses([course]), assigning.terms_now()
	counted = count(people, courses, terms)
	assert counted == each_by_itself(people, courses, terms)
	assert counted == {PlanReason.LEARNED_BEFORE: 1, PlanReason.NEW: 1}


@pytest.mark.parametrize("member", ["with,comma@example.com", "plain@example.com"])
def test_lists_that_cannot_be_told_apart_are_read_row_by_row(member, monkeypatch):
	course = factory.course("The course", lessons=LESSONS)
	people = [Person(member, "One"), Person("other@example.com", "Other"), Person("new@example.com", "New")]
	for person in people[:2]:
		for lesson in factory.lessons_of(course):
			learn(person.member, course, lesson, 1)
	read = []
	row_by_row = situations._who_row_by_row
	monkeypatch.setattr(situations, "_who_row_by_row", lambda rows: read.append(1) or row_by_row(rows))
	counted = count(people, facts.published_courses([course]), assigning.terms_now())
	assert counted == {PlanReason.LEARNED_BEFORE: 2, PlanReason.NEW: 1}
	assert bool(read) == ("," in member)


def test_of_who_holds_enough_no_lesson_is_read():
	course = factory.course("The course", lessons=LESSONS)
	held = [("open@example.com", "Pending"), ("done@example.com", "Completed")]
	insert(
		ASSIGNMENT,
		[
			{
				"name": f"TA-{member}", "member": member, "course": course, "cycle": 1, "status": status,
				"due_date": TODAY, "completed_on": TODAY if status == "Completed" else None,
			}
			for member, status in held
		],
	)  # fmt: skip
	people = [Person(member, member) for member, _status in held]
	courses, terms = facts.published_courses([course]), assigning.terms_now()
	with Queries() as queries:
		assert count(people, courses, terms) == {PlanReason.OPEN: 1, PlanReason.VALID: 1}
	assert not queries.about("LMS Course Progress")
	with Queries() as queries:
		assert count([*people, Person("new@example.com", "New")], courses, terms)[PlanReason.NEW] == 1
	assert queries.about("LMS Course Progress") == 1


@pytest.mark.parametrize("seed", range(3))
def test_what_it_counts_is_what_the_campaign_then_creates(seed, clock):
	chance = random.Random(seed)
	courses = [
		factory.course(lessons=LESSONS, validity_days=chance.choice((0, VALID_FOR)), is_mandatory=0)
		for _ in range(3)
	]
	people = [factory.employee(factory.user()) for _ in range(8)]
	for person, course in itertools.product(people, courses):
		clock(-chance.choice((VALID_FOR + 1, VALID_FOR, 3)))
		if chance.random() < 0.6:
			factory.complete_lessons(person.user_id, course, chance.choice((1, LESSONS)))
		clock(0)
		for cycle in range(1, chance.choice((1, 1, 2, 3))):
			status, days = chance.choice(HELD)
			row = {"member": person.user_id, "course": course, "cycle": cycle, "status": status,
				"due_date": TODAY, "completed_on": day_before(days) if status == "Completed" else None,
				"waived_on": day_before(days) if status == "Waived" else None,
				**counts_until(status, days, chance.random() < 0.7)}  # fmt: skip
			insert(ASSIGNMENT, [{"name": factory.unique("TA"), **row}])
	names = [person.name for person in people]
	expected = each_by_itself(
		list(people_of.by_employee(names)[0].values()),
		facts.published_courses(courses),
		assigning.terms_now(),
	)
	before = frappe.db.count(ASSIGNMENT)
	said = campaign.preview(campaign.Selection([], names, courses, None))
	assert frappe.db.count(ASSIGNMENT) == before
	reasons = {
		"new": PlanReason.NEW, "renewal": PlanReason.RENEWAL, "put_on_file": PlanReason.LEARNED_BEFORE,
		"open": PlanReason.OPEN, "valid": PlanReason.VALID, "waived": PlanReason.WAIVED,
	}  # fmt: skip
	assert {key: said[key] for key in reasons} == {key: expected[why] for key, why in reasons.items()}
	outcome = api.start_campaign({"employees": names}, courses=courses)
	assert outcome["finished"]
	assert frappe.db.count(ASSIGNMENT) - before == said["assignments"] > 0
