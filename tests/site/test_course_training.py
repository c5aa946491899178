"""What is mandatory of a course, changed without the right to change the course itself."""

import frappe
import pytest

from smooth_lms_hr import api, desk
from tests.site import factory
from tests.site.conftest import harness
from tests.site.two_companies import HERE, limit

COURSE = "LMS Course"
FIELDS = ["is_mandatory", "training_due_days", "validity_days", "renew_from"]


@pytest.fixture
def ladders():
	return factory.course("Ladders", is_mandatory=0)


def now(course) -> tuple:
	return tuple(frappe.db.get_value(COURSE, course, FIELDS))


def said_on(course) -> list[tuple[str, str]]:
	"""Return what the course's timeline says, and who did it."""
	rows = frappe.get_all(
		"Comment",
		filters={"reference_doctype": COURSE, "reference_name": course, "comment_type": "Info"},
		fields=["content", "owner"],
		order_by="creation",
	)
	return [(row.content, row.owner) for row in rows]


@pytest.mark.parametrize("role", ["HR Manager", "Moderator", "System Manager"])
def test_who_decides_about_training_says_what_is_mandatory(ladders, as_user, role):
	user = factory.user(role)
	as_user(user)
	answer = api.set_course_training(ladders, is_mandatory=1, training_due_days="14", validity_days=365)
	assert now(ladders) == (1, 14, 365, "Completion")
	assert answer["changed"] == ["is_mandatory", "training_due_days", "validity_days"]
	((said, who),) = said_on(ladders)
	assert who == user
	for part in (
		"Is Mandatory from No to Yes",
		"Due Within (Days) from 0 to 14",
		"Validity Days from 0 to 365",
	):
		assert part in said
		assert part in answer["message"]


def test_hr_cannot_save_the_course_itself_all_the_same(ladders, as_user):
	as_user(factory.user("HR Manager"))
	doc = frappe.get_doc(COURSE, ladders)
	doc.title = "Mine now"
	with pytest.raises(frappe.PermissionError):
		doc.save()


@pytest.mark.parametrize(
	"role", ["HR User", "Training Auditor", "Employee", "LMS Student", "Course Creator", "Guest"]
)
def test_nobody_else_does(ladders, as_user, role):
	as_user(role if role == "Guest" else factory.user(role))
	with pytest.raises(frappe.PermissionError):
		api.set_course_training(ladders, is_mandatory=1)
	assert now(ladders)[0] == 0
	assert said_on(ladders) == []


def test_whom_user_permissions_leave_a_part_changes_what_is_everybodys_not(ladders, as_user):
	factory.company(HERE)
	factory.company("Elsewhere Ltd")
	user = factory.hr_manager()
	limit(user, HERE)
	as_user(user)
	for change in (
		lambda: api.set_course_training(ladders, is_mandatory=1),
		lambda: desk.apply_validity(ladders),
	):
		with pytest.raises(frappe.PermissionError, match="part of it"):
			change()
	assert now(ladders)[0] == 0


def test_permissions_that_leave_all_that_there_is_are_no_limit(ladders, as_user):
	user = factory.hr_manager()
	for company in frappe.get_all("Company", pluck="name", order_by="name"):
		limit(user, company)
	as_user(user)
	api.set_course_training(ladders, is_mandatory=1)
	assert now(ladders)[0] == 1


def test_a_course_that_is_not_theirs_is_none(ladders, as_user):
	other, user = factory.course("Other"), factory.hr_manager()
	frappe.get_doc({"doctype": "User Permission", "user": user, "allow": COURSE, "for_value": other}).insert(
		ignore_permissions=True
	)
	as_user(user)
	said = []
	for name in (ladders, "no-such-course"):
		with pytest.raises(frappe.ValidationError) as refused:
			api.set_course_training(name, is_mandatory=1)
		said.append(str(refused.value).replace(name, "X"))
	assert said[0] == said[1]
	assert now(ladders)[0] == 0


def test_what_is_not_named_stays_and_zero_is_a_value(as_user):
	course = factory.course(training_due_days=14, validity_days=365, renew_from="Previous Expiry")
	as_user(factory.user("HR Manager"))
	api.set_course_training(course, training_due_days=0)
	assert now(course) == (1, 0, 365, "Previous Expiry")
	api.set_course_training(course, is_mandatory=False, renew_from="Completion")
	assert now(course) == (0, 0, 365, "Completion")


def test_the_same_again_writes_nothing(ladders, as_user):
	as_user(factory.user("HR Manager"))
	api.set_course_training(ladders, is_mandatory=1)
	before = frappe.db.get_value(COURSE, ladders, "modified")
	again = api.set_course_training(ladders, is_mandatory="true", renew_from="Completion")
	assert again["changed"] == []
	assert len(said_on(ladders)) == 1
	assert frappe.db.get_value(COURSE, ladders, "modified") == before


@pytest.mark.parametrize("given", [
	{}, {"training_due_days": -1}, {"training_due_days": 3651}, {"validity_days": "soon"}, {"validity_days": 1.5},
	{"renew_from": "Never"}, {"is_mandatory": "perhaps"},
])  # fmt: skip
def test_what_makes_no_sense_is_refused(ladders, as_user, given):
	as_user(factory.user("HR Manager"))
	with pytest.raises(frappe.ValidationError):
		api.set_course_training(ladders, **given)
	assert now(ladders) == (0, 0, 0, "Completion")


def test_the_words_for_no_course_are_harmless(as_user):
	as_user(factory.user("HR Manager"))
	with pytest.raises(frappe.ValidationError) as refused:
		api.set_course_training("<img src=x>", is_mandatory=1)
	assert "<img" not in str(refused.value)


def test_completions_on_record_are_asked_about_where_their_days_change(yearly, hire, as_user):
	as_user(factory.user("Moderator"))
	assert api.set_course_training(yearly, training_due_days=20)["completed"] == 0
	assert api.set_course_training(yearly, validity_days=100)["completed"] == 1
	until = factory.assignment(member=hire.user_id).valid_until
	desk.apply_validity(yearly)
	harness.run_jobs()
	assert (until - factory.assignment(member=hire.user_id).valid_until).days == 265


def test_the_next_hire_owes_what_hr_has_made_mandatory(ladders, hire, hr):
	api.set_course_training(ladders, is_mandatory=1, training_due_days=5)
	factory.onboarding(employee=hire.name)
	assert ladders in [row.course for row in factory.owed(hire)]
