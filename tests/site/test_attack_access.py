"""Who may not read somebody learns nothing of them, by whatever door."""

import frappe
import pytest

from smooth_lms_hr import api
from tests.site import factory, two_companies
from tests.site.queries import number_of
from tests.site.two_companies import HERE, THERE

ASSIGNMENT = "LMS Training Assignment"
EVENT = "LMS Training Event"
NOTIFICATION = "LMS Training Notification"
NOBODY = "There is no such employee or user, or not yours"


@pytest.fixture
def limited(world, as_user):
	as_user(world.users["company-limited HR Manager"])
	return world.users["company-limited HR Manager"]


def insert(**fields):
	return frappe.get_doc({"doctype": ASSIGNMENT, "course": "safety", **fields}).insert().as_dict()


def through_the_form(**fields):
	doc = frappe.get_doc({"doctype": ASSIGNMENT, "course": "safety", **fields})
	return doc.save().as_dict()


DOORS = {
	"preview": lambda employee, member: api.preview_campaign({"employees": [employee], "members": [member]}),
	"preview of one": lambda employee, member: api.preview_campaign({"employees": [employee]}),
	"assign": lambda employee, member: api.assign_mandatory_training(members=[member], employees=[employee]),
	"start": lambda employee, member: api.start_campaign({"employees": [employee], "members": [member]}),
	"insert": lambda employee, member: insert(employee=employee),
	"insert of a member": lambda employee, member: insert(member=member),
	"insert of both": lambda employee, member: insert(employee=employee, member=member),
	"insert, badly": lambda employee, member: insert(employee=employee, due_date="1999-01-01", course="none"),
	"form": lambda employee, member: through_the_form(employee=employee),
	"team": lambda employee, member: api.get_team_training_status(manager=employee),
	"team of a user": lambda employee, member: api.get_team_training_status(manager=member),
}


def messages() -> list[tuple]:
	return [(message.get("title"), message.get("message")) for message in frappe.get_message_log()]


def answer_of(door, employee: str, member: str) -> str:
	"""Return all that a door says, with the names that were asked for left out."""
	frappe.local.message_log, frappe.flags.error_message = [], None
	frappe.db.savepoint("door")
	try:
		said = DOORS[door](employee, member)
	except (frappe.ValidationError, frappe.PermissionError, frappe.DuplicateEntryError) as error:
		said = f"{type(error).__name__}: {error}"
	frappe.db.rollback(save_point="door")
	text = frappe.as_json([said, messages(), frappe.flags.error_message])
	return text.replace(employee, "EMPLOYEE").replace(member, "MEMBER")


@pytest.fixture
def strangers(world):
	"""People of the other company, in every state that words are made of."""
	left = two_companies.person(THERE)
	frappe.db.set_value("Employee", left.employee, "status", "Left")
	disabled = two_companies.person(THERE)
	frappe.db.set_value("User", disabled.member, "enabled", 0)
	unreachable = factory.employee(company=THERE, create_user_permission=0)
	return {
		"owes": world.people["there"],
		"left": left,
		"disabled": disabled,
		"without user": frappe._dict(employee=unreachable.name, member="nobody@example.com"),
	}


def test_who_may_not_be_read_is_as_if_there_were_nobody(world, strangers, limited):
	own = world.people["team"]
	for door in DOORS:
		nobody = answer_of(door, "HR-EMP-NOBODY", "nobody@example.com")
		assert NOBODY in nobody, door
		for state, stranger in strangers.items():
			assert answer_of(door, stranger.employee, stranger.member) == nobody, (door, state)
		# The innocent one: of their own people, HR gets an answer.
		assert answer_of(door, own.employee, own.member) != nobody, door


def test_who_may_not_assign_is_told_that_and_nothing_else(world, as_user):
	for role in ("HR User", "Employee", "Course Creator"):
		as_user(world.users[role])
		for door in (door for door in DOORS if not door.startswith("team")):
			said = {answer_of(door, each.employee, each.member) for each in world.people.values()}
			assert len(said) == 1, (role, door, said)
			assert "PermissionError" in said.pop()


def test_it_takes_as_many_queries_to_find_nobody_as_to_find_somebody_elses(world, limited):
	def count(door, person):
		return number_of(lambda: answer_of(door, person.employee, person.member))

	for door in ("preview", "assign", "insert", "insert of a member"):
		count(door, world.people["none"])
		assert count(door, world.people["there"]) == count(door, world.people["none"]), door


def test_limits_cost_the_same_for_few_and_for_many(world, limited):
	def count(number):
		frappe.set_user("Administrator")
		people = [factory.employee(company=HERE, create_user_permission=0).name for _each in range(number)]
		frappe.set_user(limited)
		return number_of(lambda: api.preview_campaign({"employees": people}))

	count(1)
	assert count(2) == count(8)


def test_an_employee_is_closed_by_whatever_their_record_links_to(world, as_user):
	branch = factory.named("Branch", "branch", "Far Away")
	other = factory.named("Branch", "branch", "Next Door")
	near, far = world.people["team"].employee, world.people["other team"].employee
	frappe.db.set_value("Employee", near, "branch", other)
	frappe.db.set_value("Employee", far, "branch", branch)
	hr = factory.user("HR Manager")
	frappe.get_doc({"doctype": "User Permission", "user": hr, "allow": "Branch", "for_value": other}).insert()
	as_user(hr)
	answer = api.preview_campaign({"employees": [near, far]}, courses=[world.other_course])
	assert (answer["people"], answer["refused"]) == (1, 1)
	assert [row["who"] for row in answer["problems"]] == [far]


def test_strict_user_permissions_close_what_has_no_company(world, as_user, monkeypatch):
	contractor, get = factory.user(), frappe.get_system_settings
	as_user(world.users["company-limited HR Manager"])
	for strict, people in ((0, 1), (1, 0)):
		monkeypatch.setattr(
			frappe,
			"get_system_settings",
			lambda key, strict=strict: strict if key == "apply_strict_user_permissions" else get(key),
		)
		assert api.preview_campaign({"members": [contractor]})["people"] == people


def test_a_right_to_assign_reaches_no_farther_than_the_team(world, as_user):
	"""A site may let managers assign: then to their own people."""
	frappe.get_doc(
		{"doctype": "Custom DocPerm", "parent": ASSIGNMENT, "role": "Employee", "read": 1, "create": 1}
	).insert()
	frappe.clear_cache(doctype=ASSIGNMENT)
	as_user(world.users["manager of the team"])
	people = [each.employee for each in world.people.values()] + [world.own["manager of the team"].employee]
	answer = api.assign_mandatory_training(
		employees=people, members=[factory_contractor()], courses=[world.other_course]
	)
	assert {row["employee"] for row in answer["created"]} == {
		world.people["team"].employee,
		world.own["manager of the team"].employee,
	}
	assert all(NOBODY in row["message"] for row in answer["failed"])
	frappe.set_user("Administrator")
	frappe.clear_cache(doctype=ASSIGNMENT)


def factory_contractor() -> str:
	user = frappe.session.user
	frappe.set_user("Administrator")
	contractor = factory.user()
	frappe.set_user(user)
	return contractor


def test_a_debt_from_the_other_company_is_not_shown_after_the_move(world, as_user):
	moved, course = world.people["there"], world.course
	frappe.db.set_value("Employee", moved.employee, "company", HERE)
	as_user(world.users["company-limited HR Manager"])
	(row,) = api.assign_mandatory_training(employees=[moved.employee], courses=[course])["existing"]
	assert (row["assignment"], row["message"]) == (None, "already assigned")
	with pytest.raises(frappe.ValidationError) as raised:
		insert(employee=moved.employee, course=course)
	assert moved.assignment not in str(raised.value)
	# In quotes it is JSON, which Frappe saves as it is.
	frappe.db.set_value("LMS Course", course, "title", '"<img src=x>"')
	with pytest.raises(frappe.ValidationError, match="need not be assigned") as raised:
		insert(employee=moved.employee, course=course)
	assert "&lt;img src=x&gt;" in str(raised.value)
	assert "<img" not in str(raised.value)
	frappe.db.set_value("LMS Course", course, "title", "Safety")
	# The one that they see is named as ever.
	(own,) = api.assign_mandatory_training(employees=[world.people["team"].employee], courses=[course])[
		"existing"
	]
	assert own["assignment"] == world.people["team"].assignment


def test_an_onboarding_that_is_not_theirs_is_not_there(world, limited):
	said = set()
	for name in (world.people["there"].onboarding, "HR-EMP-ONB-NONE"):
		for method in (api.get_onboarding_training, api.assign_onboarding_training):
			frappe.local.message_log = []
			with pytest.raises(frappe.DoesNotExistError) as raised:
				method(name)
			said.add(f"{raised.value} {messages()}".replace(name, "X"))
	assert len(said) == 1
	assert api.get_onboarding_training(world.people["team"].onboarding)["employee"]


def test_a_company_or_department_that_is_not_theirs_is_not_there(world, limited):
	frappe.set_user("Administrator")
	theirs = frappe.get_doc({"doctype": "Department", "department_name": "Secret", "company": THERE}).insert()
	ours = frappe.get_doc({"doctype": "Department", "department_name": "Known", "company": HERE}).insert()
	frappe.set_user(limited)
	for key, hidden, open_one in (("company", THERE, HERE), ("department", theirs.name, ours.name)):
		said = set()
		for name in (hidden, "No such"):
			for ask in (
				lambda what: api.preview_campaign(what),
				lambda what: api.get_team_training_status(**what),
			):
				with pytest.raises(frappe.ValidationError) as raised:
					ask({key: name})
				said.add(str(raised.value).replace(name, "X"))
		assert len(said) == 1, said
		assert api.preview_campaign({key: open_one})["people"] >= 0
		assert api.get_team_training_status(**{key: open_one})["total"] >= 0


def test_an_onboarding_that_names_somebody_elses_employee_tells_nothing_of_them(world, limited):
	there, mine = world.people["there"], world.people["team"]
	for person, known in ((there, False), (mine, True)):
		doc = factory.onboarding(employee=person.employee, company=HERE)
		assert (doc.training_status == "Waiting for Employee") != known
		assert (person.member in doc.training_note) == known


# ---- decisions


def test_what_is_not_there_and_what_is_not_yours_look_the_same(world, limited, monkeypatch):
	there, locked = world.people["there"].assignment, []
	get_doc = frappe.get_doc

	def listen(*args, **kwargs):
		if kwargs.get("for_update"):
			locked.append(args[1])
		return get_doc(*args, **kwargs)

	monkeypatch.setattr(frappe, "get_doc", listen)
	factory_mail_account()
	for decide in (
		lambda names: api.waive(names, "Forged"),
		lambda names: api.extend_due_date(names, "2027-06-30", "Forged"),
		api.send_reminder,
	):
		answer = decide([there, "TA-none", world.people["team"].assignment])
		said = {row["name"]: row["message"] for row in answer["failed"]}
		for name in (there, "TA-none"):
			assert said[name] == f"There is no assignment {name}, or it is not yours."
		# Nobody holds up what is not theirs.
		assert there not in locked
	assert world.people["team"].assignment in locked
	assert frappe.db.get_value(ASSIGNMENT, there, "status") == "Pending"


def factory_mail_account():
	user = frappe.session.user
	frappe.set_user("Administrator")
	factory.mail_account()
	frappe.set_user(user)
