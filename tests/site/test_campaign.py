"""Assigning from the desk: the dry run, who is meant by a part of the company, and large runs in the background."""

import csv
import io

import frappe
import pytest

from smooth_lms_hr import api
from smooth_lms_hr.assigning import campaign_runs
from smooth_lms_hr.sources import jobs
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


@pytest.fixture
def queued(monkeypatch):
	"""Take what is put in the queue instead of running it; run() runs it as the worker would."""
	waiting = []

	def enqueue(method, **options):
		# Users who are made put jobs of their own in the queue.
		if method == "smooth_lms_hr.assigning.campaign_runs.work":
			waiting.append(options)

	monkeypatch.setattr(campaign_runs, "AT_ONCE", 2)
	monkeypatch.setattr(campaign_runs, "PER_COMMIT", 2)
	monkeypatch.setattr(jobs, "is_job_enqueued", lambda job_id: bool(waiting))
	monkeypatch.setattr(frappe, "enqueue", enqueue)

	def run():
		# As the request does at its end, before the job is put in the queue.
		frappe.db.commit()
		options = waiting.pop()
		campaign_runs.work(**{key: options[key] for key in ("run", "people", "courses", "due_date")})
		return options

	return run


def test_a_large_run_goes_to_the_background_and_leaves_a_file(hr, queued):
	course = factory.course("=1+1")
	people = [factory.user() for _ in range(5)]
	frappe.set_user(hr)
	started = api.start_campaign({"members": [*people, "nobody@example.com"]}, courses=[course])
	assert not started["finished"]
	assert not started["stopped"]
	assert (started["total"], started["done"]) == (6, 0)
	assert not factory.assignments(course=course)
	options = queued()
	assert options["deduplicate"]
	assert options["queue"] == "long"
	assert started["run"] in options["job_id"]
	state = api.get_campaign(started["run"])
	assert state["finished"]
	assert state["counts"] == {"created": 5, "existing": 0, "failed": 1}
	assert {row.assigned_by for row in factory.assignments(course=course)} == {hr}
	file = frappe.get_doc("File", {"file_url": state["file_url"]})
	assert (file.is_private, file.owner) == (1, hr)
	content = file.get_content()
	content = content.decode() if isinstance(content, bytes) else content
	rows = list(csv.DictReader(io.StringIO(content.lstrip("\ufeff"))))
	assert [row["result"] for row in rows].count("created") == 5
	assert "nobody@example.com" in {row["member"] for row in rows}
	bell = frappe.get_last_doc("Notification Log", {"for_user": hr})
	assert bell.link == state["file_url"]


def test_a_run_that_broke_off_says_so_and_is_taken_up_again(hr, queued, monkeypatch):
	course = factory.course("The course")
	people = [factory.user() for _ in range(5)]
	frappe.set_user(hr)
	started = api.start_campaign({"members": people}, courses=[course])
	work_on, parts = campaign_runs._work_on, []

	def killed(part, *args):
		if parts:
			raise SystemExit
		parts.append(part)
		return work_on(part, *args)

	monkeypatch.setattr(campaign_runs, "_work_on", killed)
	with pytest.raises(SystemExit):
		queued()
	monkeypatch.setattr(campaign_runs, "_work_on", work_on)
	state = api.get_campaign(started["run"])
	assert state["stopped"]
	assert state["done"] == 2
	again = api.start_campaign({"members": people}, courses=[course])
	assert again["run"] == started["run"]
	queued()
	assert api.get_campaign(again["run"])["counts"] == {"created": 3, "existing": 2, "failed": 0}
	assert len(factory.assignments(course=course)) == 5


def test_one_chunk_that_fails_is_reported_and_the_others_go_on(hr, queued, monkeypatch):
	course = factory.course("The course")
	people = [factory.user() for _ in range(4)]
	frappe.set_user(hr)
	started = api.start_campaign({"members": people}, courses=[course])
	run = campaign_runs.campaign.assign_courses

	def fails_for_the_first(members, *args):
		outcome = run(members, *args)
		if people[0] in members:
			raise RuntimeError("the disk is on fire")
		return outcome

	monkeypatch.setattr(campaign_runs.campaign, "assign_courses", fails_for_the_first)
	queued()
	state = api.get_campaign(started["run"])
	assert state["counts"] == {"created": 2, "existing": 0, "failed": 2}
	assert {row.member for row in factory.assignments(course=course)} == set(people[2:])


def test_a_run_is_nobody_elses(hr, queued):
	course = factory.course("The course")
	people = [factory.user() for _ in range(3)]
	frappe.set_user(hr)
	started = api.start_campaign({"members": people}, courses=[course])
	frappe.set_user(factory.hr_manager())
	with pytest.raises(frappe.DoesNotExistError):
		api.get_campaign(started["run"])
