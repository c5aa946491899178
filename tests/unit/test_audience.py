from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from smooth_lms_hr.training.audience import KINDS, Audience, Line, Mismatch
from smooth_lms_hr.training.due_dates import Anchor, DueProblem, DueTerms
from smooth_lms_hr.training.plan import Cause, Course
from smooth_lms_hr.training.rules import Asked, Content, NotNew, Rule

TODAY = date(2026, 11, 23)
MADE_ON = date(2026, 6, 1)
DRIVER = {"Company": ("Lakeside",), "Department": ("Vans", "Transport", "All"), "Designation": ("Driver",)}


def test_who_is_left_out_is_told_by_what():
	audience = Audience(
		[Line("Company", "Lakeside"), Line("Designation", "Clerk"), Line("Designation", "Cook")]
	)
	assert audience.mismatch(DRIVER) == Mismatch("Designation", "Driver", ("Clerk", "Cook"))
	assert audience.mismatch({"Company": ("Lakeside",)}) == Mismatch("Designation", None, ("Clerk", "Cook"))


def test_departments_mean_those_below_them_too():
	assert Audience([Line("Department", "Transport")]).mismatch(DRIVER) is None
	assert Audience([Line("Department", "Lorries")]).mismatch(DRIVER).has == "Vans"


def test_what_is_excluded_is_taken_away():
	audience = Audience([Line("Company", "Lakeside"), Line("Department", "Transport", exclude=True)])
	assert audience.mismatch(DRIVER) == Mismatch("Department", "Vans", ("Transport",), excluded=True)
	assert audience.mismatch({"Company": ("Lakeside",)}) is None


VALUES = "abc"
lines = st.lists(st.builds(Line, st.sampled_from(KINDS), st.sampled_from(VALUES), st.booleans()), max_size=8)
traits = st.dictionaries(st.sampled_from(KINDS), st.lists(st.sampled_from(VALUES), unique=True).map(tuple))


def is_meant(lines, traits) -> bool:
	"""Say the same line by line, as the rule is written."""
	for kind in KINDS:
		here = [line for line in lines if line.kind == kind]
		has = traits.get(kind, ())
		if any(line.value in has for line in here if line.exclude):
			return False
		wanted = [line.value for line in here if not line.exclude]
		if wanted and not any(value in has for value in wanted):
			return False
	return True


@given(lines, traits)
def test_an_audience_means_what_its_lines_say_one_by_one(lines, traits):
	assert (Audience(lines).mismatch(traits) is None) == is_meant(lines, traits)


COURSE = Course("c", "C")
CONTENT = Content("LMS Course", "c", (COURSE,))


def rule(**fields):
	fields = {"due": DueTerms(MADE_ON), "contents": (), "audience": Audience([]), **fields}
	return Rule("drivers", "Drivers", **fields)


def test_a_new_hire_joined_or_is_onboarded_since_the_rule_was_made():
	before, since = MADE_ON - timedelta(days=1), MADE_ON
	assert rule().mismatch(Asked({}, {Anchor.JOINING: since})) is None
	assert rule().mismatch(Asked({}, {Anchor.JOINING: before}, onboarded_on=since)) is None
	assert rule().mismatch(Asked({}, {Anchor.JOINING: before}, onboarded_on=before)) == NotNew(
		before, MADE_ON
	)
	# A transfer is no hire.
	moved = {Anchor.JOINING: before, Anchor.TRANSFER: since}
	assert rule().mismatch(Asked({}, moved)) == NotNew(before, MADE_ON)
	assert rule(new_hires=False).mismatch(Asked({}, moved)) is None


def counts_since(**fields):
	cause = Cause("LMS Training Rule", "drivers", "Rule", "Rule Drivers")
	return rule(**fields).demand(COURSE, CONTENT, cause, Asked({}), TODAY, 30).counts_since


def test_since_when_a_completion_counts():
	assert counts_since() is None
	assert counts_since(counts_within=10) == TODAY - timedelta(days=10)
	yearly = DueTerms(MADE_ON, fixed_day=(12, 1))
	assert counts_since(due=yearly) == date(2025, 12, 2)
	assert counts_since(due=yearly, counts_within=10) == TODAY - timedelta(days=10)
	# Too late for this year's: what is done until then counts all the same, or it would be asked for every day.
	assert counts_since(due=DueTerms(MADE_ON, days=30, fixed_day=(12, 1))) == date(2025, 12, 2)
	assert counts_since(due=DueTerms(MADE_ON, fixed_day=(11, 23))) == date(2025, 11, 24)


def test_the_courses_of_a_batch_are_due_on_its_last_day():
	cause = Cause("LMS Training Rule", "drivers", "Rule", "Rule Drivers")

	def due_of(ends_on):
		batch = Content("LMS Batch", "autumn", (COURSE,), ends_on)
		return rule().demand(COURSE, batch, cause, Asked({}), TODAY, 30)

	assert due_of(TODAY).due.date == TODAY
	over = due_of(TODAY - timedelta(days=1))
	assert (over.due, over.problem) == (None, DueProblem.IN_THE_PAST)
