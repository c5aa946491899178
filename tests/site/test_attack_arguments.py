"""What makes no sense is refused at the door, in words."""

from datetime import timedelta

import frappe
import pytest

from smooth_lms_hr import api
from smooth_lms_hr.sources import calendar_files, visibility
from tests.site import factory
from tests.site.conftest import TODAY

ASSIGNMENT = "LMS Training Assignment"
EVENT = "LMS Training Event"
NOTIFICATION = "LMS Training Notification"
NOBODY = "There is no such employee or user, or not yours"


def insert(**fields):
	return frappe.get_doc({"doctype": ASSIGNMENT, "course": "safety", **fields}).insert().as_dict()


SENSELESS = [
	({"people": {"department": "No such department"}}, "There is no Department"),
	({"people": {"branch": "No such branch"}}, "There is no Branch"),
	({"people": {"members": 1}}, r"people\.members has to be a list"),
	({"people": {"company": ["a"]}}, r"people\.company has to be a name"),
	({"people": {"designation": {"a": []}}}, r"people\.designation has to be a name"),
	({"people": {"compny": "x"}}, "people has no .*compny"),
	({"people": "[" * 100_000}, "people has to be an object"),
	({"people": {}, "due_days": True}, "due_days has to be a whole number"),
	({"people": {}, "due_days": float("nan")}, "due_days has to be a whole number"),
	({"people": {}, "due_date": "9999-12-31"}, "due_date: .*9999-12-31.* is not a date"),
	({"people": {}, "due_date": "2040-01-01"}, "more than 3650 days ahead"),
	({"people": {"employees": ["x" * 141]}}, r"people\.employees has to be a name"),
	({"people": {"employees": ["a\0b"]}}, r"people\.employees has to be a name"),
	({"people": {"employees": [f"E{i}" for i in range(100_001)]}}, "more than 100000 names"),
	(
		{"people": {key: [f"{key}{i}" for i in range(60_000)] for key in ("employees", "members")}},
		"More than 100000 people",
	),
]


def test_a_campaign_takes_what_makes_sense(world, as_user):
	as_user(world.users["HR Manager"])
	for arguments, said in SENSELESS:
		for method in (api.preview_campaign, api.start_campaign):
			with pytest.raises(frappe.ValidationError, match=said):
				method(**arguments)


def test_a_due_date_far_ahead_is_refused_by_every_door(world, as_user):
	as_user(world.users["HR Manager"])
	last, name = TODAY + timedelta(days=3650), world.people["team"].assignment
	for due_date in (last + timedelta(days=1), "9999-12-31"):
		for attempt in (
			lambda day: insert(
				employee=world.people["team"].employee, course=world.other_course, due_date=day
			),
			lambda day: api.assign_mandatory_training(
				employees=[world.people["team"].employee], due_date=day
			),
			lambda day: frappe.get_doc(ASSIGNMENT, name).update({"due_date": day}).save(),
		):
			frappe.db.savepoint("door")
			with pytest.raises(frappe.ValidationError, match=r"days ahead|is not a date"):
				attempt(str(due_date))
			frappe.db.rollback(save_point="door")
	(row,) = api.extend_due_date([name], last + timedelta(days=1), "Too far")["failed"]
	assert "3650 days ahead" in row["message"]
	# The last day of all is fine.
	assert api.extend_due_date([name], last, "Far, but not too far")["done"]


TYPED = [
	{"member": {"a": []}},
	{"member": ["a"]},
	{"employee": 5},
	{"employee": "a\0"},
	{"course": {"a": 1}},
	{"course": ["x"]},
	{"due_date": "2026-13-45"},
	{"due_date": {"a": 1}},
	{"due_date": [1]},
	{"due_date": 5},
	{"due_date": True},
	{"member": "x" * 10_000},
]


def test_what_no_field_takes_is_refused_by_name(world, as_user):
	as_user(world.users["HR Manager"])
	for fields in TYPED:
		given = {"employee": world.people["team"].employee, "course": world.other_course, **fields}
		if "member" in fields:
			given.pop("employee")
		frappe.db.savepoint("typed")
		with pytest.raises(frappe.ValidationError, match=next(iter(fields))):
			insert(**given)
		frappe.db.rollback(save_point="typed")


def test_the_last_day_of_the_calendar_is_one():
	row = frappe._dict(
		name="TA-1", due_date="9999-12-31", course_url="/", course_title="Late", reason="", due_date_basis=""
	)
	assert "DTSTART;VALUE=DATE:99991231" in calendar_files.due_dates([row])


def test_a_page_far_behind_the_last_one_is_empty(world, as_user):
	from smooth_lms_hr.www import my_team_training

	as_user(world.users["HR Manager"])
	for start in (10**20, "9" * 30, "nonsense", -5):
		frappe.local.form_dict = frappe._dict(start=str(start), status="all")
		context = frappe._dict()
		my_team_training.get_context(context)
		assert context.total >= 3


def test_each_user_has_their_own_number_of_errors(as_user):
	noisy, quiet = factory.user(), factory.user()
	# One address for all of them, as behind an office's router.
	frappe.local.request_ip = "203.0.113.77"
	as_user(noisy)
	for _each in range(20):
		api.log_card_error("Again")
	with pytest.raises(frappe.RateLimitExceededError):
		api.log_card_error("Once too often")
	as_user(quiet)
	api.log_card_error("Mine")


def test_the_limits_are_frappes_own(world, as_user):
	"""What is compared in memory is what Frappe says of each document."""
	for role in ("company-limited HR Manager", "HR Manager"):
		user = world.users[role]
		limits = visibility.limits(ASSIGNMENT, user)
		for person in ("team", "other team", "there"):
			doc = frappe.get_doc(ASSIGNMENT, world.people[person].assignment)
			assert visibility.within(doc.as_dict(), limits) is bool(
				frappe.has_permission(ASSIGNMENT, "read", doc=doc, user=user)
			)
