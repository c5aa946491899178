"""Who may not read somebody learns nothing of them, by whatever door; and no door breaks."""

import json
from datetime import timedelta

import frappe
import pytest
from frappe.desk.form.load import getdoc
from frappe.desk.reportview import export_query
from frappe.desk.reportview import get as get_report_view
from frappe.desk.search import search_link
from frappe.www.printview import get_html_and_style

from smooth_lms_hr import api
from smooth_lms_hr.record import events
from smooth_lms_hr.showing import calendar
from smooth_lms_hr.sources import visibility
from tests.site import factory, two_companies
from tests.site.conftest import TODAY
from tests.site.queries import number_of
from tests.site.two_companies import HERE, THERE

ASSIGNMENT = "LMS Training Assignment"
EVENT = "LMS Training Event"
NOTIFICATION = "LMS Training Notification"
NOBODY = "There is no such employee or user, or not yours"


@pytest.fixture
def world(monkeypatch):
	monkeypatch.setattr(frappe, "enqueue", lambda *args, **kwargs: None)
	return two_companies.build()


@pytest.fixture
def limited(world, as_user):
	as_user(world.users["company-limited HR Manager"])
	return world.users["company-limited HR Manager"]


# ---- people


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


# ---- every DocType of ours, by every way


def of_people() -> list[str]:
	"""Return our DocTypes that are about somebody, as the module has them."""
	doctypes = frappe.get_all(
		"DocType", {"module": "Smooth LMS HR", "issingle": 0, "istable": 0}, pluck="name", order_by="name"
	)
	return [
		doctype
		for doctype in doctypes
		if {"assignment", "employee", "member"}
		& {field.fieldname for field in frappe.get_meta(doctype).fields}
	]


def notification_of(person) -> str:
	doc = frappe.get_doc(
		{
			"doctype": NOTIFICATION,
			"assignment": person.assignment,
			"kind": "Asked",
			"occasion": str(TODAY),
			"due_date": TODAY,
			"audience": "Member",
			"recipient": person.member,
			"sent_on": f"{TODAY} 12:00:00",
		}
	)
	return doc.insert(ignore_permissions=True).name


def event_of(person) -> str:
	row = frappe.db.get_value(
		ASSIGNMENT, person.assignment, ["name", "member", "employee", "course"], as_dict=True
	)
	events.write([events.make(row, events.OVERDUE, before="Pending", after="Overdue")])
	return frappe.get_all(EVENT, {"assignment": row.name}, pluck="name", order_by="name")[-1]


# How to make a record of each that is about a person.
MAKERS = {
	ASSIGNMENT: lambda person: person.assignment,
	NOTIFICATION: notification_of,
	EVENT: event_of,
}


def form_dict(**values):
	frappe.local.form_dict = frappe._dict(values)
	frappe.local.response = frappe._dict(docs=[])


def in_list(doctype, names):
	return set(frappe.get_list(doctype, pluck="name", limit_page_length=0))


def by_client_list(doctype, names):
	return {row["name"] for row in frappe.call("frappe.client.get_list", doctype, limit_page_length=500)}


def in_report(doctype, names):
	form_dict(doctype=doctype, fields=json.dumps([f"`tab{doctype}`.`name`"]), page_length="500", start="0")
	found = get_report_view()
	return {row[0] for row in found["values"]} if found else set()


def in_export(doctype, names):
	form_dict(
		doctype=doctype,
		fields=json.dumps([f"`tab{doctype}`.`name`"]),
		file_format_type="CSV",
		title=doctype,
		filters="[]",
	)
	export_query()
	content = frappe.response["filecontent"]
	content = content.decode() if isinstance(content, bytes) else content
	return {name for name in names if name in content}


def in_link_search(doctype, names):
	return {row["value"] for row in search_link(doctype, "", page_length=500)}


def each(ask):
	"""Return a way that asks for one record after the other, and is refused or gets nothing where it may not."""

	def way(doctype, names):
		found = set()
		for name in names:
			form_dict(doctype=doctype, name=name)
			frappe.local.message_log = []
			try:
				answer = ask(doctype, name)
			except (frappe.PermissionError, frappe.DoesNotExistError):
				answer = None
			if answer:
				found.add(name)
		return found

	way.__name__ = ask.__name__
	return way


@each
def by_reading(doctype, name):
	return frappe.has_permission(doctype, "read", doc=name)


@each
def by_client_get(doctype, name):
	return frappe.call("frappe.client.get", doctype, name)


@each
def by_client_value(doctype, name):
	return frappe.call("frappe.client.get_value", doctype, "name", {"name": name})


@each
def by_counting(doctype, name):
	form_dict()
	return frappe.call("frappe.client.get_count", doctype, filters={"name": name})


@each
def in_print(doctype, name):
	return get_html_and_style(doctype, name)


@each
def by_rest_1(doctype, name):
	from frappe.api.v1 import read_doc

	return read_doc(doctype, name)


@each
def by_rest_2(doctype, name):
	from frappe.api.v2 import read_doc

	return read_doc(doctype, name)


@each
def in_the_form(doctype, name):
	"""With it come the timeline, comments, versions and attachments."""
	getdoc(doctype, name)
	return frappe.response.docs


@each
def in_attachment(doctype, name):
	file = frappe.db.get_value("File", {"attached_to_doctype": doctype, "attached_to_name": name})
	return frappe.has_permission("File", "read", doc=file)


WAYS = [
	in_list, by_client_list, in_report, in_export, in_link_search, by_reading, by_client_get, by_client_value,
	by_counting, in_print, by_rest_1, by_rest_2, in_the_form, in_attachment,
]  # fmt: skip


@pytest.fixture
def records(world):
	"""One record of each DocType, here and there, with a file attached."""
	found = {}
	for doctype in of_people():
		here, there = (MAKERS[doctype](world.people[where]) for where in ("team", "there"))
		for name in (here, there):
			frappe.get_doc(
				{
					"doctype": "File",
					"file_name": factory.unique("proof") + ".txt",
					"attached_to_doctype": doctype,
					"attached_to_name": name,
					"is_private": 1,
					"content": "Proof of " + name,
				}
			).insert()
		found[doctype] = (here, there)
	return found


def test_each_of_our_doctypes_is_tried():
	assert set(of_people()) == set(MAKERS)


def test_the_other_company_is_seen_in_no_way(records, world, as_user):
	for user, sees in (
		(world.users["company-limited HR Manager"], (True, False)),
		(two_companies.limited_hr(HERE, "System Manager"), (True, False)),
		(two_companies.limited_hr(THERE, "HR Manager"), (False, True)),
		(world.users["HR Manager"], (True, True)),
	):
		as_user(user)
		for way in WAYS:
			for doctype, names in records.items():
				found = way(doctype, names)
				assert tuple(name in found for name in names) == sees, (way.__name__, user, doctype)
		frappe.set_user("Administrator")


def test_nothing_of_ours_is_in_the_global_search():
	"""Frappe's own search shows what is in it to everybody who may read the DocType, whatever their limits."""
	for doctype in of_people():
		assert not frappe.get_meta(doctype).get_global_search_fields(), doctype


def test_without_limits_a_list_costs_nothing_more(world, as_user):
	from smooth_lms_hr import permissions

	for role in ("HR Manager", "System Manager"):
		assert permissions.conditions_of_assignment(world.users[role], NOTIFICATION) == ""
	assert "in (" in permissions.conditions_of_assignment(
		world.users["company-limited HR Manager"], NOTIFICATION
	)
	for user in ("Guest", factory.user("Projects User", learner=False)):
		assert permissions.conditions_of_assignment(user, NOTIFICATION) == "1=0"


def test_what_was_said_of_a_deleted_assignment_is_for_who_sees_all(world, as_user):
	name = notification_of(world.people["team"])
	frappe.db.delete(ASSIGNMENT, {"name": world.people["team"].assignment})
	for role, sees in (("HR Manager", True), ("company-limited HR Manager", False)):
		as_user(world.users[role])
		assert (name in in_list(NOTIFICATION, ())) is sees
		assert frappe.has_permission(NOTIFICATION, "read", doc=name) is sees


# ---- the door


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
	assert "DTSTART;VALUE=DATE:99991231" in calendar.due_dates([row])


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
