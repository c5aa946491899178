"""Assigning from the desk: the dry run, who is meant by a part of the company, and large runs in the background."""

import csv
import io

import frappe
import pytest

from smooth_lms_hr import api
from smooth_lms_hr.assigning import campaign_runs
from tests.site import factory
from tests.site.queries import number_of

ASSIGNMENT = "LMS Training Assignment"


@pytest.fixture
def hr():
	return factory.hr_manager()


def department(name):
	if existing := frappe.db.get_value("Department", {"department_name": name}):
		return existing
	doc = frappe.get_doc({"doctype": "Department", "department_name": name, "company": factory.company()})
	return doc.insert(ignore_permissions=True).name


def test_a_dry_run_counts_and_writes_nothing(hr, clock):
	new, gone = factory.course("New"), factory.course("Gone", published=0)
	owed, done, excused = factory.course("Owed"), factory.course("Done"), factory.course("Excused")
	worker, fresh = factory.employee(factory.user()), factory.employee(factory.user())
	unreachable, left = (
		factory.employee(),
		factory.employee(factory.user(), status="Left", relieving_date="2026-11-20"),
	)
	frappe.set_user(hr)
	api.assign_mandatory_training(employees=[worker.name], courses=[owed, done, excused])
	frappe.db.set_value(
		ASSIGNMENT,
		{"member": worker.user_id, "course": done},
		{"status": "Completed", "completed_on": "2026-11-20"},
	)
	api.waive([factory.assignment(member=worker.user_id, course=excused).name], "Knows it")
	before = frappe.db.count(ASSIGNMENT)
	preview = api.preview_campaign(
		{
			"employees": [worker.name, fresh.name, unreachable.name, left.name],
			"members": ["nobody@example.com"],
		},
		courses=[new, gone, owed, done, excused],
	)
	assert frappe.db.count(ASSIGNMENT) == before
	counts = {key: value for key, value in preview.items() if isinstance(value, int) and value}
	# Four published courses each: four for the fresh one, and the new one for the worker.
	assert counts == {
		"people": 2, "courses": 4, "assignments": 5, "new": 5, "open": 1, "valid": 1, "waived": 1, "no_user": 2,
		"refused": 1
	}  # fmt: skip
	assert preview["unknown_courses"] == [gone]
	assert {row["who"] for row in preview["problems"]} == {unreachable.name, left.name, "nobody@example.com"}


def test_a_part_of_the_company_is_who_works_there(hr):
	factory.course("The course")
	where = department("Deep Sea")
	here, elsewhere = factory.employee(factory.user(), department=where), factory.employee(factory.user())
	factory.employee(factory.user(), department=where, status="Left", relieving_date="2026-11-20")
	frappe.set_user(hr)
	preview = api.preview_campaign({"department": where})
	assert (preview["people"], preview["assignments"], preview["no_user"]) == (1, 1, 0)
	outcome = api.start_campaign({"department": where}, due_days=21)
	assert outcome["finished"]
	assert [row["employee"] for row in outcome["rows"] if row["result"] == "created"] == [here.name]
	assert str(factory.assignment(employee=here.name).due_date) == "2026-12-14"
	assert not factory.assignments(employee=elsewhere.name)


def test_user_permissions_decide_who_a_part_of_the_company_is(hr):
	factory.course("The course")
	elsewhere = factory.company("Elsewhere Ltd")
	stranger, own = factory.employee(factory.user(), company=elsewhere), factory.employee(factory.user())
	frappe.get_doc(
		{"doctype": "User Permission", "user": hr, "allow": "Company", "for_value": own.company}
	).insert()
	frappe.set_user(hr)
	with pytest.raises(frappe.ValidationError, match=r"Elsewhere Ltd.*, or it is not yours"):
		api.preview_campaign({"company": elsewhere})
	assert api.preview_campaign({"company": own.company})["people"] >= 1
	preview = api.preview_campaign({"employees": [stranger.name, own.name]})
	assert (preview["people"], preview["refused"]) == (1, 1)


@pytest.mark.parametrize(
	("arguments", "said"),
	[
		({"people": "[]"}, "has to be an object"),
		({"people": "{no json"}, "has to be an object"),
		({"people": {"members": [1]}}, "list of names"),
		({"people": {"members": ["a@example.com"]}, "due_date": "2026-11-22"}, "in the past"),
		(
			{"people": {"members": ["a@example.com"]}, "due_days": 0},
			"due_days has to be a whole number from 1 to 3650",
		),
		(
			{"people": {"members": ["a@example.com"]}, "due_days": "soon"},
			"due_days has to be a whole number from 1 to 3650",
		),
	],
)
def test_senseless_wishes_are_refused_by_name(hr, arguments, said):
	factory.course("The course")
	frappe.set_user(hr)
	for method in (api.preview_campaign, api.start_campaign):
		with pytest.raises(frappe.ValidationError, match=said):
			method(**arguments)


def test_nobody_is_nobody(hr):
	factory.course("The course")
	frappe.set_user(hr)
	assert api.preview_campaign({})["people"] == 0
	with pytest.raises(frappe.ValidationError, match="Nobody is chosen"):
		api.start_campaign({})


def test_a_moderator_picks_users_but_no_part_of_the_company():
	course = factory.course("The course")
	learner, where = factory.user(), factory.company()
	frappe.set_user(factory.user("Moderator"))
	assert api.preview_campaign({"members": [learner]}, courses=[course])["new"] == 1
	with pytest.raises(frappe.PermissionError):
		api.preview_campaign({"company": where})


def test_the_dry_run_costs_the_same_for_few_and_for_many(hr):
	factory.course("The course")

	def count(number):
		frappe.set_user("Administrator")
		people = [factory.user(learner=False) for _ in range(number)]
		frappe.set_user(hr)
		return number_of(lambda: api.preview_campaign({"members": people}))

	count(1)
	assert count(2) == count(12)


def result_of(state) -> list[dict]:
	"""Return the rows of the file that a run has left."""
	file = frappe.get_doc("File", {"file_url": state["file_url"]})
	content = file.get_content()
	content = content.decode() if isinstance(content, bytes) else content
	return list(csv.DictReader(io.StringIO(content.lstrip("\ufeff"))))


def start(people, course):
	return api.start_campaign({"members": people}, courses=[course])["run"]


def test_a_large_run_goes_to_the_background_and_leaves_a_file(hr, parts):
	course = factory.course("=1+1")
	people = [factory.user() for _ in range(5)]
	frappe.set_user(hr)
	started = api.start_campaign({"members": [*people, "nobody@example.com"]}, courses=[course])
	assert not started["finished"]
	assert not started["stopped"]
	assert (started["total"], started["done"]) == (6, 0)
	assert not factory.assignments(course=course)
	(first, second) = parts.waiting
	for job in (first, second):
		assert job["deduplicate"]
		assert job["queue"] == "long"
		assert started["run"] in job["job_id"]
	assert first["job_id"] != second["job_id"]
	parts.run_one()
	state = api.get_campaign(started["run"])
	assert (state["done"], state["finished"], state["stopped"]) == (4, False, False)
	parts.run()
	state = api.get_campaign(started["run"])
	assert set(state) == {"total", "done", "finished", "stopped", "counts", "file_url", "error"}
	assert (state["done"], state["finished"], state["stopped"]) == (6, True, False)
	assert state["counts"] == {"created": 5, "existing": 0, "failed": 1}
	assert {row.assigned_by for row in factory.assignments(course=course)} == {hr}
	file = frappe.get_doc("File", {"file_url": state["file_url"]})
	assert (file.is_private, file.owner, file.file_type) == (1, hr, "CSV")
	rows = result_of(state)
	assert [row["result"] for row in rows].count("created") == 5
	assert {row["member"] for row in rows} == {*people, "nobody@example.com"}
	bell = frappe.get_last_doc("Notification Log", {"for_user": hr})
	assert bell.link == state["file_url"]


def test_whoever_waits_hears_of_each_step(hr, parts, monkeypatch):
	heard = []
	course = factory.course("The course")
	people = [factory.user() for _ in range(5)]
	frappe.set_user(hr)
	run = start(people, course)
	monkeypatch.setattr(
		frappe,
		"publish_realtime",
		lambda event, message=None, user=None, **_options: (
			heard.append((message, user)) if event == "smooth_lms_hr:campaign" else None
		),
	)
	parts.run()
	assert [(message["done"], message["finished"]) for message, _user in heard] == [
		(2, False),
		(4, False),
		(5, False),
		(5, True),
	]
	assert {user for _message, user in heard} == {hr}
	assert {message["run"] for message, _user in heard} == {run}
	assert heard[-1][0]["file_url"]


def test_a_run_that_broke_off_says_so_and_is_taken_up_again(hr, parts, monkeypatch):
	course = factory.course("The course")
	people = [factory.user() for _ in range(5)]
	frappe.set_user(hr)
	run = start(people, course)
	assign, tried = campaign_runs.campaign.assign_courses, []

	def killed(members, *args):
		tried.append(members)
		if len(tried) != 1:
			raise SystemExit
		return assign(members, *args)

	monkeypatch.setattr(campaign_runs.campaign, "assign_courses", killed)
	for _part in range(2):
		with pytest.raises(SystemExit):
			parts.run_one()
	monkeypatch.setattr(campaign_runs.campaign, "assign_courses", assign)
	state = api.get_campaign(run)
	assert state["stopped"]
	assert (state["done"], state["counts"]["created"]) == (2, 2)
	assert start(people, course) == run
	assert not api.get_campaign(run)["stopped"]
	parts.run()
	# What was done before counts as what it was, in the file too.
	assert api.get_campaign(run)["counts"] == {"created": 5, "existing": 0, "failed": 0}
	assert [row["member"] for row in result_of(api.get_campaign(run))] == people
	assert len(factory.assignments(course=course)) == 5


def test_one_step_that_fails_is_reported_and_the_others_go_on(hr, parts, monkeypatch):
	course = factory.course("The course")
	people = [factory.user() for _ in range(4)]
	frappe.set_user(hr)
	started = start(people, course)
	run = campaign_runs.campaign.assign_courses

	def fails_for_the_first(members, *args):
		outcome = run(members, *args)
		if people[0] in members:
			raise RuntimeError("the disk is on fire")
		return outcome

	monkeypatch.setattr(campaign_runs.campaign, "assign_courses", fails_for_the_first)
	parts.run()
	state = api.get_campaign(started)
	assert state["counts"] == {"created": 2, "existing": 0, "failed": 2}
	assert [row["message"] for row in result_of(state)][:2] == ["the disk is on fire"] * 2
	assert {row.member for row in factory.assignments(course=course)} == set(people[2:])


def test_a_run_is_nobody_elses(hr, parts):
	course = factory.course("The course")
	people = [factory.user() for _ in range(3)]
	frappe.set_user(hr)
	run = start(people, course)
	frappe.set_user(factory.hr_manager())
	with pytest.raises(frappe.DoesNotExistError):
		api.get_campaign(run)


def test_a_job_of_the_last_release_still_does_its_work(hr, parts):
	course = factory.course("The course")
	people = [factory.user() for _ in range(5)]
	frappe.set_user(hr)
	frappe.enqueue(
		"smooth_lms_hr.assigning.campaign_runs.work",
		**{"job_id": "old", "deduplicate": True, "run": "0123456789", "courses": [course]},
		people=[["member", name] for name in people],
		due_date=None,
	)
	assert parts.run() == 3
	assert api.get_campaign("0123456789")["counts"]["created"] == 5
