"""What people of random companies owe, against the same said line by line, as rule 10 is written: no sets, no sorting."""

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import event, given, settings
from hypothesis import strategies as st

from smooth_lms_hr.training.audience import KINDS, Audience, Line
from smooth_lms_hr.training.due_dates import Anchor, Basis, Due, DueTerms
from smooth_lms_hr.training.plan import (
	Cause,
	Course,
	Demand,
	Enrolment,
	HeldAssignment,
	PlanReason,
	plan_course,
)
from smooth_lms_hr.training.rules import BATCH, COURSE, PROGRAM, Asked, Content, Rule
from smooth_lms_hr.training.status import CANCELLED, COMPLETED, OPEN, WAIVED

TODAY = date(2026, 11, 23)
DEFAULT_DAYS = 30
COURSES = [Course("a", "A"), Course("b", "B", 5, 90), Course("c", "C", 0, 30)]
VALUES = "xyz"
ONBOARDING = "Employee Onboarding"


def day(ago: int) -> date:
	return TODAY - timedelta(days=ago)


@dataclass(frozen=True)
class Someone:
	"""A person, and what is known of them of each course, in the order of COURSES."""

	asked: Asked
	onboarded: bool
	held: tuple[tuple[HeldAssignment, ...], ...]
	enrolments: tuple[Enrolment | None, ...]


# Few values: so that people and rules, and days and other days, meet.
days_ago = st.sampled_from([-20, -1, 0, 1, 10, 29, 30, 31, 90, 91, 400])
days = st.none() | days_ago.map(day)
traits = st.dictionaries(
	st.sampled_from(KINDS[:3]),
	st.lists(st.sampled_from(VALUES), min_size=1, max_size=2, unique=True).map(tuple),
)
asked = st.builds(
	Asked,
	traits,
	st.fixed_dictionaries(dict.fromkeys(list(Anchor)[1:], days)),
	days,
)
standings = st.sampled_from([*OPEN, COMPLETED, COMPLETED, WAIVED, CANCELLED])


@st.composite
def histories(draw):
	"""Earlier assignments of a course: at most the last one is open."""
	found = []
	for cycle in range(1, draw(st.integers(0, 3)) + 1):
		status = draw(standings)
		if status in OPEN and found and found[-1].status in OPEN:
			status = CANCELLED
		on = day(abs(draw(days_ago))) if status in (COMPLETED, WAIVED) else None
		until = (
			on + timedelta(days=counts) if on and (counts := draw(st.sampled_from([None, 30, 365]))) else None
		)
		found.append(HeldAssignment(f"TA-{cycle}", cycle, status, TODAY, on, None, until))
	return tuple(found)


enrolments = st.none() | st.builds(
	Enrolment, st.just("E"), st.sampled_from([0, 50, 100]), days_ago.map(lambda ago: day(abs(ago)))
)
people = st.builds(
	Someone,
	asked,
	st.booleans(),
	st.tuples(*(histories() for _ in COURSES)),
	st.tuples(*(enrolments for _ in COURSES)),
)
lines = st.lists(
	st.builds(Line, st.sampled_from(KINDS[:3]), st.sampled_from(VALUES), st.booleans()), max_size=4
)
contents = st.builds(
	lambda kind, courses, ends: Content(kind, "name", courses, ends if kind == BATCH else None),
	st.sampled_from([COURSE, PROGRAM, BATCH]),
	st.lists(st.sampled_from(COURSES), min_size=1, max_size=2, unique=True).map(tuple),
	st.sampled_from([day(1), TODAY, day(-9)]),
)
terms = st.builds(
	DueTerms,
	days_ago.map(lambda ago: day(abs(ago))),
	st.sampled_from([0, 1, 7, 365]),
	st.sampled_from(Anchor),
	st.sampled_from([None, None, None, (11, 22), (11, 23), (2, 29)]),
)


@st.composite
def ruled(draw, name: str):
	"""A rule, and its lines."""
	audience = draw(lines)
	return audience, Rule(
		name,
		name,
		Audience(audience),
		draw(st.lists(contents, min_size=1, max_size=3)),
		draw(terms),
		new_hires=draw(st.booleans()),
		enabled=draw(st.sampled_from([True, True, True, False])),
		counts_within=draw(st.sampled_from([0, 0, 9, 10, 400])),
	)


companies = st.tuples(
	st.lists(people, min_size=1, max_size=3), st.tuples(*(ruled(f"R{n}") for n in range(4)))
)


def cause_of(rule: Rule) -> Cause:
	return Cause("LMS Training Rule", rule.name, "Rule", rule.title)


BASELINE = Cause(ONBOARDING, "HR-ONB-1", "Onboarding", "Mandatory")


def decided(someone: Someone, rules: list[Rule], place: int) -> tuple:
	"""Say what the app decides of a person and a course."""
	course, demands = COURSES[place], []
	for rule in rules:
		if rule.enabled and not rule.mismatch(someone.asked):
			wanted = rule.demands(cause_of(rule), someone.asked, TODAY, DEFAULT_DAYS)
			demands += [wanted[course]] if course in wanted else []
	if someone.onboarded:
		demands.append(Demand(BASELINE, Due(day(-12), Basis.COURSE, TODAY)))
	plans = plan_course(course, demands, someone.held[place], someone.enrolments[place], TODAY)
	return [
		(
			plan.reason,
			plan.due and plan.due.date,
			{one.cause.name for one in plan.demands},
			# Who decides the date stands first: it is what the debt is said to be for.
			plan.demands[0].due == plan.due if plan.due else None,
		)
		for plan in plans
	]


def expected(someone: Someone, rules: list, place: int) -> list[tuple]:
	"""Say the same, one thing after the other."""
	course = COURSES[place]
	# What each cause wants: its name, the day, and since when a completion counts.
	wants = []
	for audience, rule in rules:
		if rule.enabled and is_meant(audience, rule, someone.asked):
			found = []
			for content in rule.contents:
				for each in content.courses:
					if each == course:
						found.append(date_wanted(rule, content, course, someone.asked))
			if found:
				wants.append((rule.name, earliest(found), counts_since(rule)))
	if someone.onboarded:
		wants.append((BASELINE.name, day(-12), None))
	names = {name for name, _due, _since in wants}
	if not wants:
		return [(PlanReason.NOT_MEANT, None, set(), None)]
	for one in someone.held[place]:
		if one.status in OPEN:
			return [(PlanReason.OPEN, None, names, None)]

	done_on, how, until = None, None, None
	for one in someone.held[place]:
		if one.status in (COMPLETED, WAIVED) and (done_on is None or one.settled_on >= done_on):
			done_on, until = one.settled_on, one.counts_until
			how = PlanReason.VALID if one.status == COMPLETED else PlanReason.WAIVED
	enrolment = someone.enrolments[place]
	if done_on is None and enrolment and enrolment.progress == 100:
		done_on, how = enrolment.completed_on, PlanReason.LEARNED_BEFORE
		until = done_on + timedelta(days=course.validity_days) if course.validity_days else None

	still = []
	for name, due, since in wants:
		counts = done_on is not None
		if how is PlanReason.WAIVED:
			continue
		if counts and since and done_on < since:
			counts = False
		if counts and until and until < TODAY:
			counts = False
		if not counts:
			still.append((name, due))
	if not still and how is not PlanReason.LEARNED_BEFORE:
		return [(how, None, names, None)]
	asking = still or [(name, due) for name, due, _since in wants]
	due = earliest([due for _name, due in asking])
	if due is None:
		return [(PlanReason.NO_DUE_DATE, None, {name for name, _due in asking}, None)]
	answer = []
	if how is PlanReason.LEARNED_BEFORE:
		# Put on file for all that ask; it is due when what it is not enough for is.
		first = earliest([due for _name, due, _since in wants])
		answer.append((how, due, names, first == due))
	if still:
		reason = PlanReason.RENEWAL if how else PlanReason.NEW
		answer.append((reason, due, {name for name, _due in still}, True))
	return answer


def is_meant(audience: list[Line], rule: Rule, asked: Asked) -> bool:
	for kind in KINDS:
		named, is_named = False, False
		for line in audience:
			if line.kind == kind and line.exclude and line.value in asked.traits.get(kind, ()):
				return False
			if line.kind == kind and not line.exclude:
				named = True
				is_named = is_named or line.value in asked.traits.get(kind, ())
		if named and not is_named:
			return False
	if not rule.new_hires:
		return True
	joined, onboarded = asked.anchors[Anchor.JOINING], asked.onboarded_on
	return bool((joined and joined >= rule.due.made_on) or (onboarded and onboarded >= rule.due.made_on))


def date_wanted(rule: Rule, content: Content, course: Course, asked: Asked) -> date | None:
	if content.ends_on:
		return content.ends_on if content.ends_on >= TODAY else None
	number = rule.due.days
	if rule.due.fixed_day:
		# Day by day, until it is one.
		found = TODAY + timedelta(days=number)
		while not is_that_day(found, rule.due.fixed_day):
			found += timedelta(days=1)
		return found
	number = number or course.due_days or DEFAULT_DAYS
	anchor, begin = rule.due.counted_from, TODAY
	if anchor is not Anchor.ASSIGNMENT:
		known = asked.anchors[anchor]
		if anchor is Anchor.JOINING and not known:
			return None
		if known and known >= rule.due.made_on:
			begin = known
	found = begin + timedelta(days=number)
	return found if found >= TODAY else None


def counts_since(rule: Rule) -> date | None:
	since = TODAY - timedelta(days=rule.counts_within) if rule.counts_within else None
	if rule.due.fixed_day:
		found = TODAY - timedelta(days=1)
		while not is_that_day(found, rule.due.fixed_day):
			found -= timedelta(days=1)
		found += timedelta(days=1)
		since = found if since is None or found > since else since
	return since


def is_that_day(found: date, fixed: tuple[int, int]) -> bool:
	if fixed == (2, 29) and (found + timedelta(days=1)).month == 3 and found.month == 2:
		return True
	return (found.month, found.day) == fixed


def earliest(days: list) -> date | None:
	found = None
	for each in days:
		if each and (found is None or each < found):
			found = each
	return found


@settings(max_examples=500, derandomize=True, deadline=None)
@given(companies)
def test_everybody_owes_what_the_rules_say_one_by_one(company):
	those, rules = company
	for someone in those:
		for place in range(len(COURSES)):
			found = decided(someone, [rule for _lines, rule in rules], place)
			assert found == expected(someone, rules, place)
			for reason, *_rest in found:
				event(reason.value)
