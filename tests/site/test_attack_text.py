"""Names, titles and reasons with markup in them: what is stored, shown, said and mailed is text."""

import json
import re
from email import message_from_string, policy
from html import unescape

import frappe
import pytest
from frappe.desk.query_report import run as run_report
from frappe.utils import set_request
from frappe.website.serve import get_response

from smooth_lms_hr import api, daily
from smooth_lms_hr.assigning import by_hand, campaign_runs
from smooth_lms_hr.showing import history
from smooth_lms_hr.smooth_lms_hr.dashboard_chart_source.overdue_trainings_by_department import (
	overdue_trainings_by_department as overdue_chart,
)
from smooth_lms_hr.telling import announcements, collect, email_templates, mails
from tests.site import factory
from tests.site.conftest import TODAY

ASSIGNMENT, ONBOARDING = "LMS Training Assignment", "Employee Onboarding"
# In its quotes it is valid JSON, which Frappe's filter lets through.
MARKUP = '"<img src=x onerror=alert(1)>"'
READABLE = '"‹img src=x onerror=alert(1)>"'
# In mails Frappe completes what it takes for a link.
ESCAPED = re.compile(r"(&quot;|&#34;|\")&lt;img src=\S*x onerror=alert\(1\)&gt;(&quot;|&#34;|\")")
# What other people's names may be and stay, word for word.
INNOCENT = 'R&D "a < b"'
OPENS_A_TAG = re.compile(r"<[a-z/!?]", re.IGNORECASE)


@pytest.fixture
def evil():
	"""A hire, her manager and a course, all of whose names are markup."""
	manager = factory.employee(factory.user(), first_name=MARKUP)
	hire = factory.employee(factory.user(), first_name=MARKUP, reports_to=manager.name)
	# Frappe's filter let it through.
	assert frappe.db.get_value("Employee", hire.name, "employee_name") == MARKUP
	# That of the newest Frappe no longer does for users. Whoever writes by SQL passes all of them.
	frappe.db.set_value("User", hire.user_id, {"first_name": MARKUP, "full_name": MARKUP})
	course = titled(factory.course(), MARKUP)
	return frappe._dict(manager=manager, hire=hire, course=course)


@pytest.fixture
def innocent():
	hire = factory.employee(factory.user(), first_name=INNOCENT)
	return frappe._dict(hire=hire, course=titled(factory.course(), INNOCENT))


def titled(course, title):
	frappe.db.set_value("LMS Course", course, "title", title)
	return course


def texts_of(row):
	return [value for value in row.values() if isinstance(value, str)]


def refuse_markup(*texts):
	"""Fail for a text in which a browser would find a tag, and where none of them can be read as it was meant."""
	assert [text for text in texts if OPENS_A_TAG.search(text or "")] == []
	assert any(READABLE in text for text in texts), texts


def timeline(name, doctype=ASSIGNMENT):
	return frappe.get_all(
		"Comment",
		{"reference_doctype": doctype, "reference_name": name, "comment_type": "Info"},
		pluck="content",
	)


def messages():
	return [
		json.loads(each)["message"] if isinstance(each, str) else each["message"]
		for each in frappe.local.message_log
	]


# Stored


def test_an_onboarding_stores_plain_text(evil, innocent, hr):
	applicant = factory.applicant()
	frappe.db.set_value("Job Applicant", applicant, "applicant_name", MARKUP)
	doc = factory.onboarding(employee=evil.hire.name, job_applicant=applicant)
	assert doc.employee_name == MARKUP
	rows = factory.assignments(employee=evil.hire.name)
	assert {row.course for row in rows} == {evil.course, innocent.course}
	(row,) = (row for row in rows if row.course == evil.course)
	for fieldname in ("member_name", "employee_name", "course_title"):
		assert row[fieldname] == READABLE, fieldname
	refuse_markup(row.reason)
	refuse_markup(*texts_of(row))
	note = frappe.db.get_value(ONBOARDING, doc.name, "training_note")
	refuse_markup(note)
	assert f"- {INNOCENT}: due" in note
	assert doc.training_note == note, "the form that is being saved shows the same"
	(said,) = timeline(doc.name, ONBOARDING)
	assert "<img" not in said
	assert ESCAPED.search(said)


def test_what_frappe_fetches_anew_is_made_plain_again(evil, innocent, hr):
	course = factory.course(lessons=2)
	api.assign_mandatory_training(employees=[evil.hire.name], courses=[course, innocent.course])
	# As an older version wrote it.
	frappe.db.set_value(ASSIGNMENT, {"course": course}, "employee_name", MARKUP)
	titled(course, MARKUP)
	doc = frappe.get_doc(ASSIGNMENT, factory.assignment(course=course).name)
	doc.due_date = "2027-03-01"
	doc.save()
	assert (doc.course_title, doc.member_name, doc.employee_name) == (READABLE, READABLE, READABLE)
	refuse_markup(*texts_of(factory.assignment(course=course)))
	doc = frappe.get_doc(ASSIGNMENT, factory.assignment(course=innocent.course).name)
	doc.due_date = "2027-03-01"
	doc.save()
	assert factory.assignment(course=innocent.course).course_title == INNOCENT


def test_made_by_hand_it_is_plain_too(evil, innocent, hr, monkeypatch):
	monkeypatch.setattr(frappe.utils, "get_fullname", lambda user=None: MARKUP)
	made = frappe.get_doc({"doctype": ASSIGNMENT, "employee": evil.hire.name, "course": evil.course}).insert()
	refuse_markup(*texts_of(made.as_dict()))
	assert factory.assignment(name=made.name).reason == f"Assigned by {READABLE}."
	other = frappe.get_doc({"doctype": ASSIGNMENT, "employee": innocent.hire.name, "course": innocent.course})
	assert (other.insert().employee_name, other.course_title) == (INNOCENT, INNOCENT)


def test_the_reason_of_a_waiver_is_plain_and_its_remark_escaped(evil, innocent, hr):
	api.assign_mandatory_training(employees=[evil.hire.name])
	excused = factory.assignment(course=evil.course).name
	moved = factory.assignment(course=innocent.course).name
	api.waive([excused], MARKUP)
	api.extend_due_date([moved], "2027-03-01", INNOCENT)
	assert factory.assignment(name=excused).waiver_reason == READABLE
	_assigned, said = (entry["content"] for entry in history.timeline(ASSIGNMENT, excused))
	assert "<img" not in said
	assert READABLE in unescape(said)
	_assigned, said = (entry["content"] for entry in history.timeline(ASSIGNMENT, moved))
	assert "a &lt; b" in said
	assert unescape(said).endswith(INNOCENT)


def test_whoever_decides_is_named_as_text_in_the_timeline(evil, innocent, hr):
	api.assign_mandatory_training(employees=[evil.hire.name], courses=[evil.course])
	name = factory.assignment(course=evil.course).name
	for full_name, seen in ((MARKUP, ESCAPED), (INNOCENT, re.compile("a &lt; b"))):
		frappe.db.set_value("User", hr, "full_name", full_name)
		(entry,) = history.timeline(ASSIGNMENT, name)
		assert "<img" not in entry["content"]
		assert seen.search(entry["content"])


def test_the_bell_says_text(evil, innocent, hr):
	api.assign_mandatory_training(employees=[evil.hire.name])
	frappe.db.set_value(ASSIGNMENT, {"course": evil.course}, "course_title", MARKUP)
	announcements.announce([row.name for row in factory.assignments()])
	subjects = frappe.get_all("Notification Log", {"for_user": evil.hire.user_id}, pluck="subject")
	refuse_markup(*subjects)
	# Not escaped: Learning's bell decodes that before it shows it as HTML.
	assert [subject.rpartition(": ")[0] for subject in sorted(subjects)] == [READABLE, INNOCENT]


def test_what_a_run_could_not_do_is_kept_as_text(evil, hr, monkeypatch):
	factory.mail_account()
	api.assign_mandatory_training(employees=[evil.hire.name])
	frappe.set_user("Administrator")

	def fail(*_arguments, **_named):
		# Not closed, so that nothing strips it.
		raise RuntimeError("<img src=x onerror=alert(1) ")

	monkeypatch.setattr("smooth_lms_hr.telling.mails.queue", fail)
	daily.run()
	summary = frappe.db.get_singles_dict("LMS Training Settings").last_run_summary
	assert not OPENS_A_TAG.search(summary)
	assert "‹img src=x" in json.loads(summary)["failed"][0]


# Shown


def test_no_cell_and_no_label_of_a_report_is_markup(evil, innocent, hr):
	factory.onboarding(employee=evil.hire.name)
	factory.onboarding(employee=innocent.hire.name)
	api.waive([factory.assignment(course=innocent.course, employee=innocent.hire.name).name], MARKUP)
	frappe.set_user("Administrator")
	for doctype in ("Employee", ASSIGNMENT, ONBOARDING):
		column = "employee" if doctype != "Employee" else "name"
		frappe.db.set_value(doctype, {column: evil.hire.name}, "department", MARKUP)
	# As an older version wrote them, or somebody by SQL.
	values = {"employee_name": MARKUP, "course_title": MARKUP, "status": "Overdue"}
	frappe.db.set_value(ASSIGNMENT, {"employee": evil.hire.name, "course": evil.course}, values)
	frappe.db.set_value(ONBOARDING, {"employee": evil.hire.name}, "employee_name", MARKUP)
	frappe.set_user(hr)
	for report in ("Team Training Status", "Onboarding Training Status", "Training KPIs", "Assignment Audit"):
		answer = run_report(report, filters={}, ignore_prepared_report=True)
		cells = [cell for row in answer["result"] if isinstance(row, dict) for cell in texts_of(row)]
		refuse_markup(*cells)
		labels = [*(answer["chart"] or {"data": {"labels": []}})["data"]["labels"]]
		assert not [label for label in labels if OPENS_A_TAG.search(label)]
		if report == "Team Training Status":
			assert READABLE in labels
			assert INNOCENT in cells
	assert overdue_chart.get()["labels"] == [READABLE]


def shown(path, **arguments):
	frappe.local.form_dict = frappe._dict(arguments)
	set_request(method="GET", path=path)
	html = get_response().get_data(as_text=True)
	del frappe.local.request
	return html[html.index('class="training') :]


@pytest.mark.parametrize("path", ["/my-training", "/my-team-training"])
def test_no_page_shows_markup(evil, innocent, as_user, path):
	api.assign_mandatory_training(employees=[evil.hire.name])
	values = {
		"employee_name": MARKUP, "member_name": MARKUP, "course_title": MARKUP, "department": MARKUP,
		"reason": MARKUP, "due_date_basis": MARKUP, "waiver_reason": MARKUP, "waived_by": "Administrator",
	}  # fmt: skip
	values["status"] = "Waived" if path == "/my-training" else "Overdue"
	frappe.db.set_value(ASSIGNMENT, {"course": evil.course}, values)
	as_user(evil.hire.user_id if path == "/my-training" else evil.manager.user_id)
	page = "".join(shown(path, tab=tab) for tab in ("open", "waived"))
	assert "<img src=x" not in page
	assert len(ESCAPED.findall(page)) >= 4
	assert "R&amp;D &#34;a &lt; b&#34;" in page


def test_a_print_shows_the_titles_of_what_is_linked_as_text(evil, innocent, hr):
	api.assign_mandatory_training(employees=[evil.hire.name])
	for each, title in ((evil, READABLE), (innocent, INNOCENT)):
		html = frappe.get_print(ASSIGNMENT, factory.assignment(course=each.course).name)
		assert "<img src=x" not in html
		assert title in unescape(html)


# Said


def test_the_alert_of_a_renewal_is_text(evil, innocent, hr):
	for each in (evil, innocent):
		new = {"doctype": ASSIGNMENT, "employee": each.hire.name, "course": each.course}
		frappe.get_doc(new).insert()
		factory.complete_lessons(each.hire.user_id, each.course)
		frappe.local.message_log = []
		frappe.get_doc(new).insert()
		(said,) = messages()
		assert said.startswith("&quot;&lt;img" if each is evil else "R&amp;D &quot;a &lt; b&quot;")
		assert "was completed on" in said
		assert not OPENS_A_TAG.search(said)


def refused(call):
	"""Return what Frappe shows, as HTML, to whoever asked for something that is refused."""
	with pytest.raises((frappe.ValidationError, frappe.DuplicateEntryError)) as raised:
		call()
	return str(raised.value)


def test_a_refusal_names_people_and_courses_as_text(evil, hr):
	new = {"doctype": ASSIGNMENT, "employee": evil.hire.name, "course": evil.course}
	frappe.get_doc(new).insert()
	refusals = {
		"owes it already": lambda: frappe.get_doc(new).insert(),
		# Of what does not exist Frappe itself complains first where a document is saved.
		"no such course": lambda: by_hand.complete(frappe.get_doc({**new, "course": MARKUP})),
		"no such employee": lambda: by_hand.complete(frappe.get_doc({**new, "employee": MARKUP})),
		"another's user": lambda: by_hand.complete(frappe.get_doc({**new, "member": MARKUP})),
		"no list": lambda: api.assign_mandatory_training(members="[" + MARKUP),
		"no date": lambda: api.assign_mandatory_training(members=[hr], due_date=MARKUP),
		"no department": lambda: api.get_team_training_status(department=MARKUP),
		"no manager": lambda: api.get_team_training_status(manager=MARKUP),
		"no status": lambda: api.get_team_training_status(status=MARKUP),
		"no number": lambda: api.get_team_training_status(start=MARKUP),
		"no company": lambda: run_report("Team Training Status", filters={"company": MARKUP}),
		"no onboarding": lambda: api.get_onboarding_training(MARKUP),
		"no course of a report": lambda: run_report("Training KPIs", filters={"course": MARKUP}),
	}
	for what, call in refusals.items():
		said = refused(call)
		assert "<img" not in said, what
		assert ESCAPED.search(said), (what, said)


def test_a_course_that_cannot_be_assigned_is_named_as_text(evil, hr):
	titled(evil.course, MARKUP)
	frappe.set_user("Administrator")
	frappe.db.set_value("LMS Course", evil.course, "training_due_days", -7)
	frappe.set_user(hr)
	said = refused(
		lambda: frappe.get_doc(
			{"doctype": ASSIGNMENT, "employee": evil.hire.name, "course": evil.course}
		).insert()
	)
	assert "<img" not in said
	assert ESCAPED.search(said)
	assert "its due date would not be" in said


def test_a_course_with_impossible_days_or_taken_back_is_named_as_text(evil, hr):
	api.assign_mandatory_training(employees=[evil.hire.name], courses=[evil.course])
	frappe.set_user("Administrator")
	course = frappe.get_doc("LMS Course", evil.course)
	course.training_due_days = -1
	said = refused(course.save)
	assert "<img" not in said
	assert ESCAPED.search(said)
	course = frappe.get_doc("LMS Course", evil.course)
	course.is_mandatory = 0
	frappe.local.message_log = []
	course.save()
	(said,) = messages()
	assert "1 open assignments" in said
	assert "<img" not in said
	assert ESCAPED.search(said)


# Mailed


def queued_html():
	"""Return subject and HTML, as it is sent, of every mail in the queue."""
	found = []
	for message in frappe.get_all("Email Queue", pluck="message", order_by="creation, name"):
		mail = message_from_string(message, policy=policy.default)
		found.append((mail["Subject"], mail.get_body(("html",)).get_content()))
	return found


@pytest.mark.parametrize("template", email_templates.TEMPLATES, ids=lambda default: default.name)
def test_every_mail_is_sent_with_text_in_it(evil, innocent, hr, template):
	factory.mail_account()
	frappe.set_user("Administrator")
	api.assign_mandatory_training(employees=[evil.hire.name])
	frappe.db.set_value("User", evil.manager.user_id, "first_name", MARKUP)
	frappe.db.delete("Email Queue")
	values = {
		"employee_name": MARKUP, "member_name": MARKUP, "course_title": MARKUP, "reason": MARKUP, "status": "Overdue",
	}  # fmt: skip
	frappe.db.set_value(ASSIGNMENT, {"course": evil.course}, values)
	rows = collect.assignments({"name": ("in", [row.name for row in factory.assignments()])})
	request = dict.fromkeys(("asked_by", "kind", "status", "reason", "answer", "decided_by"), MARKUP)
	mails.queue(template, evil.manager.user_id, rows, TODAY, request=request)
	# One course alone is in the subject, where it is text.
	one = [row for row in rows if row.course == evil.course]
	mails.queue(template, evil.manager.user_id, one, TODAY, request=request)
	found = queued_html()
	for subject, html in found:
		# The subject is the title of the page that a mail is.
		assert not re.search("<img src=|<title>[^<]*<[a-z]", html)
		# Who is greeted, whose course it is, and what else is said of it.
		least = {"training_due_date": 2, "training_signing_code": 1}.get(template.file, 3)
		assert len(ESCAPED.findall(html)) >= least
		assert "&lt;" not in subject
	if template in (email_templates.REQUEST, email_templates.ANSWER, email_templates.SIGNING_CODE):
		return
	assert any(
		re.search(r'R&amp;D (&quot;|&#34;|")a &lt; b(&quot;|&#34;|")', html) for _subject, html in found
	)
	if template in (email_templates.ASSIGNED, email_templates.REMINDER):
		assert any(subject.endswith(READABLE) for subject, _html in found)


# Exported


def test_no_cell_of_the_result_is_a_formula(hr, parts, monkeypatch):
	formula = "\r=HYPERLINK(1)"
	course = titled(factory.course("Innocent"), "Innocent = good")

	def outcome(*_arguments):
		return {
			"created": [],
			"existing": [],
			"failed": [{"member": hr, "course": course, "message": formula}],
		}

	monkeypatch.setattr(campaign_runs.campaign, "assign_courses", outcome)
	answer = api.start_campaign({"members": [hr]}, courses=[course])
	assert answer["rows"][0]["message"] == formula
	head, line = answer["csv"].split("\r\n", 2)[:2]
	assert head == "result,employee,member,course,assignment,message"
	assert line == f'failed,,{hr},{course},,"\'{formula}"'

	monkeypatch.setattr(campaign_runs, "AT_ONCE", 0)
	api.start_campaign({"members": [hr]}, courses=[course])
	parts.run()
	file = frappe.get_doc("File", {"owner": hr, "file_name": ("like", "training-assigned-%")})
	content = file.get_content()
	content = content.decode("utf-8-sig") if isinstance(content, bytes) else content
	assert f'"\'{formula}"' in content
