"""The learner's own page, /my-training, and the calendar file that it offers."""

import re
from datetime import date, datetime, timedelta, timezone

import frappe
import pytest
from frappe.utils import global_date_format, set_request
from frappe.website.serve import get_response

from smooth_lms_hr import api, daily
from smooth_lms_hr.showing import learner
from smooth_lms_hr.sources import calendar_files, learning
from smooth_lms_hr.sources.due_words import due_in_words
from smooth_lms_hr.www import my_training
from tests.site import factory
from tests.site.conftest import TODAY
from tests.site.queries import number_of

ASSIGNMENT = "LMS Training Assignment"


@pytest.fixture(autouse=True)
def _no_request_remains():
	yield
	for name in ("request", "request_ip"):
		if hasattr(frappe.local, name):
			delattr(frappe.local, name)


@pytest.fixture
def worker():
	return factory.employee(factory.user("Employee"))


@pytest.fixture
def hr():
	return factory.hr_manager()


def owes(employee, course, **values):
	doc = frappe.get_doc({"doctype": ASSIGNMENT, "member": employee.user_id, "course": course}).insert()
	if values:
		frappe.db.set_value(ASSIGNMENT, doc.name, values)
	return doc.name


def page(user, path="/my-training", **arguments):
	"""Return the answer to a browser that asks for the page."""
	frappe.set_user(user)
	frappe.local.form_dict = frappe._dict(arguments)
	set_request(method="GET", path=path)
	return get_response()


def html_of(user, **arguments):
	return page(user, **arguments).get_data(as_text=True)


def titles(rows):
	return [row.course_title for row in rows]


def test_what_is_open_done_and_waived_and_why(worker, hr, as_user):
	as_user(hr)
	owes(worker, factory.course("Later"))
	owes(worker, factory.course("Late"), status="Overdue", due_date=TODAY - timedelta(days=5), progress=50)
	owes(worker, factory.course("Done"), status="Completed", completed_on=TODAY, progress=100)
	owes(worker, factory.course("Earlier"), status="Completed", completed_on=TODAY - timedelta(days=9))
	waived = {"waived_by": hr, "waived_on": f"{TODAY} 10:00:00", "waiver_reason": "Knows it by heart"}
	owes(worker, factory.course("Waived"), status="Waived", **waived)
	owes(worker, factory.course("Gone"), status="Cancelled")
	other = factory.employee(factory.user())
	owes(other, factory.course("Somebody else's"))

	as_user(worker.user_id)
	context = frappe._dict()
	my_training.get_context(context)
	assert titles(context.open) == ["Late", "Later"]
	assert titles(context.done) == ["Done", "Earlier"]
	assert titles(context.waived) == ["Waived"]
	assert (context.late, context.nothing) == (1, False)
	late, later = context.open
	assert (late.due_in_words, late.late) == ("5 days late", True)
	assert (later.due_in_words, later.late) == ("in 30 days", False)
	assert later.due_date_basis == "30 days after assignment (November 23, 2026)"
	assert later.assigned_by_name == frappe.db.get_value("User", hr, "full_name")
	assert later.reason
	assert context.waived[0].waived_by_name == later.assigned_by_name

	shown = {tab: html_of(worker.user_id, tab=tab) for tab in ("open", "done", "waived")}
	for text in ("Late", "5 days late", "30 days after assignment", "Add to calendar"):
		assert text in shown["open"]
	assert ("Earlier" in shown["done"], "Knows it by heart" in shown["waived"]) == (True, True)
	assert "Somebody else" not in "".join(shown.values())


def tabs(html):
	"""Return what the tabs of the page say, their own place marked by a star."""
	bar = html[html.index('class="tabs"') :]
	found = re.findall(r'<a href="([^"]+)" (aria-current="page")?[^>]*>(\w+) <span class="count">(\d+)<', bar)
	return [(url, f"{label} {number}{'*' if here else ''}") for url, here, label, number in found]


def test_the_tabs_say_how_many_and_need_no_script(worker, hr, as_user):
	as_user(hr)
	for title in ("One", "Two"):
		owes(worker, factory.course(title))
	owes(worker, factory.course("Learned"), status="Completed", completed_on=TODAY)
	assert tabs(html_of(worker.user_id)) == [
		("/my-training", "Open 2*"), ("/my-training?tab=done", "Done 1"),
	]  # fmt: skip
	done = html_of(worker.user_id, tab="done")
	assert [label for _url, label in tabs(done)] == ["Open 2", "Done 1*"]
	assert ("Learned" in done, "Two" in done) == (True, False)
	# What makes no sense, and a tab with nothing in it that is not there, show what is open.
	for nonsense in ("nowhere", "waived", "<b>"):
		assert tabs(html_of(worker.user_id, tab=nonsense))[0][1] == "Open 2*"
	as_user(hr)
	owes(worker, factory.course("Excused"), status="Waived")
	assert [label for _url, label in tabs(html_of(worker.user_id))][-1] == "Waived 1"


def test_one_button_leads_on(worker, hr, as_user):
	as_user(hr)
	begun, new = factory.course("Begun"), factory.course("New")
	owes(worker, begun, status="In Progress", progress=50)
	owes(worker, new)
	html = html_of(worker.user_id)
	buttons = re.findall(r'<a class="button is-primary" href="([^"]+)"\s+aria-label="([^"]+)">(\w+)<', html)
	assert buttons == [
		(learning.course_url(begun), "Continue Begun", "Continue"),
		(learning.course_url(new), "Start New", "Start"),
	]


def test_why_is_one_line_and_the_rest_unfolds(worker, hr, as_user):
	as_user(hr)
	basis = {"due_date_basis": "30 days after assignment (2026-11-23)"}
	owes(worker, factory.course("Late"), reason="It is the <b>law</b> since 2024-05-01", **basis)
	html = html_of(worker.user_id)
	law = f"It is the &lt;b&gt;law&lt;/b&gt; since {global_date_format('2024-05-01')}"
	assert f"<summary><bdi>{law}</bdi></summary>" in html
	folded = html[html.index("</summary>") : html.index("</details>")]
	assert f"30 days after assignment ({global_date_format('2026-11-23')})" in folded
	assert "<b>law" not in html


def test_what_was_settled_last_comes_first(worker, hr, as_user):
	as_user(hr)
	for title, days in (("First", 9), ("Last", 1), ("Second", 5)):
		day = TODAY - timedelta(days=days)
		owes(worker, factory.course(f"{title} waived"), status="Waived", waived_on=f"{day} 10:00:00")
		owes(worker, factory.course(f"{title} learned"), status="Completed", completed_on=day, progress=100)
	as_user(worker.user_id)
	shown = learner.training_of(worker.user_id)
	assert titles(shown["waived"]) == ["Last waived", "Second waived", "First waived"]
	assert titles(shown["done"]) == ["Last learned", "Second learned", "First learned"]


def test_nothing_assigned_says_so(worker):
	response = page(worker.user_id)
	assert response.status_code == 200
	html = response.get_data(as_text=True)
	assert "No training has been assigned to you." in html
	assert "Add to calendar" not in html
	assert "What you complete is kept here." not in html_of(worker.user_id, tab="done")


def test_a_course_title_is_no_markup(worker, hr, as_user):
	as_user(hr)
	owes(worker, factory.course(), course_title="<img src=x onerror=alert(1)> & more")
	html = html_of(worker.user_id)
	assert "<img src=x" not in html
	assert "&lt;img src=x onerror=alert(1)&gt; &amp; more" in html


@pytest.mark.parametrize(
	("path", "back"),
	[
		("/my-training", "%2Fmy-training"),
		("/my-team-training?status=Overdue&start=50", "%2Fmy-team-training%3Fstatus%3DOverdue%26start%3D50"),
	],
)
def test_guests_log_in_and_come_back(path, back):
	response = page("Guest", path)
	assert response.status_code == 302
	assert response.headers["Location"] == f"/login?redirect-to={back}"


def test_the_number_of_queries_does_not_grow(worker, as_user):
	def count():
		return number_of(lambda: learner.training_of(worker.user_id))

	counts = []
	for number in (2, 20):
		for _ in range(number):
			owes(worker, factory.course(lessons=0), status="Completed", completed_on=TODAY)
			owes(worker, factory.course(lessons=0))
		learner.training_of(worker.user_id)  # warm
		counts.append(count())
	assert counts[0] == counts[1] <= 3


@pytest.mark.parametrize(
	("days", "words"),
	[(0, "today"), (1, "tomorrow"), (3, "in 3 days"), (-1, "1 day late"), (-5, "5 days late")],
)
def test_due_in_words(days, words):
	assert due_in_words(days) == words


# ---- certificates


def certificate(worker, course, issued):
	return (
		frappe.get_doc(
			{
				"doctype": "LMS Certificate",
				"member": worker.user_id,
				"course": course,
				"issue_date": issued,
				"template": frappe.db.get_value("Print Format", {"doc_type": "LMS Certificate"}),
			}
		)
		.insert(ignore_permissions=True, ignore_mandatory=True, ignore_links=True)
		.name
	)


def test_a_completed_course_leads_to_its_certificate(worker, as_user):
	course, other = factory.course(), factory.course()
	for each in (course, other):
		owes(worker, each)
		factory.complete_lessons(worker.user_id, each)
	name = certificate(worker, course, TODAY)
	rows = {row.course: row for row in learner.training_of(worker.user_id)["done"]}
	assert not rows[other].certificate_url
	url = rows[course].certificate_url
	assert url.startswith("/api/method/frappe.utils.print_format.download_pdf?doctype=LMS+Certificate&name=")
	assert f"name={name}" in url
	assert f"name={name}" in html_of(worker.user_id, tab="done")


def test_after_a_renewal_the_certificate_stays_with_the_time_that_it_proves(worker, as_user):
	course = factory.course()
	first = owes(worker, course, status="Completed", completed_on=TODAY - timedelta(days=400))
	row = frappe.db.get_value(ASSIGNMENT, first, ["member", "employee", "due_date"], as_dict=True)
	second = frappe.get_doc({"doctype": ASSIGNMENT, **row, "course": course, "cycle": 2})
	second.name = second.course_title = factory.unique("TA")
	second.status, second.completed_on = "Completed", TODAY
	second.db_insert()
	certificate(worker, course, TODAY - timedelta(days=399))
	done = {row.name: row for row in learner.training_of(worker.user_id)["done"]}
	assert done[first].certificate_url
	assert not done[second.name].certificate_url


def test_a_learner_sees_until_when_it_counts_and_that_a_renewal_is_open(worker, hr, clock, as_user):
	course = factory.course("Safety", validity_days=100)
	factory.onboarding(employee=worker.name)
	factory.complete_lessons(worker.user_id, course)
	until = f'datetime="{TODAY + timedelta(days=100)}"'
	html = html_of(worker.user_id, tab="done")
	assert until in html
	assert "Valid until" in html
	assert "Renewal" not in html_of(worker.user_id)
	as_user("Administrator")
	clock(70)
	daily.run()
	html = html_of(worker.user_id)
	assert ">Renewal<" in html
	assert "Your completion counts until" in html
	(row,) = api.get_my_training_assignments()
	assert (row.renewal, row.counts_until) == (True, TODAY + timedelta(days=100))
	as_user("Administrator")
	clock(101)
	assert "Was valid until" in html_of(worker.user_id, tab="done")


# ---- the calendar


def unfolded(text):
	"""Return the lines of an iCalendar file as (name with parameters, value), checking the outer form."""
	assert text.endswith("\r\n")
	assert "\n" not in text.replace("\r\n", "")
	for line in text.split("\r\n"):
		assert len(line.encode()) <= 75, line
	lines = text[:-2].replace("\r\n ", "").split("\r\n")
	return [tuple(line.split(":", 1)) for line in lines]


def unescaped(value):
	result, characters = "", iter(value)
	for character in characters:
		if character == "\\":
			character = {"n": "\n", "N": "\n"}.get(follower := next(characters), follower)
		else:
			assert character not in ";,"
		result += character
	return result


def row(**values):
	return frappe._dict(
		name="TA-00001", course_title="Safety", course_url="/lms/courses/safety", due_date=date(2026, 12, 31)
	) | {"reason": None, "due_date_basis": None, **values}


def test_a_due_date_is_an_all_day_event(monkeypatch):
	moment = datetime(2026, 11, 23, 18, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
	lines = unfolded(calendar_files.due_dates([frappe._dict(row())], stamp=moment))
	assert lines[0] == ("BEGIN", "VCALENDAR")
	assert ("VERSION", "2.0") in lines
	assert lines[-1] == ("END", "VCALENDAR")
	event = dict(lines[lines.index(("BEGIN", "VEVENT")) + 1 : lines.index(("END", "VEVENT"))])
	assert event["UID"] == f"TA-00001@{frappe.local.site}"
	assert event["DTSTAMP"] == "20261123T130000Z"
	assert event["DTSTART;VALUE=DATE"] == "20261231"
	assert event["DTEND;VALUE=DATE"] == "20270101"
	assert event["URL"].endswith("/lms/courses/safety")


@pytest.mark.parametrize(
	"title",
	[
		"Plain",
		"Semicolon; comma, back\\slash \\n",
		"Two\r\nlines\nand a\ttab and a \x07 bell",
		"Arbeitsschutz für Größenordnungen " * 8,
		"السلامة في مكان العمل " * 10,
		"安全培训🧯" * 30,
		"x" * 74,
		"x" * 75,
		"x" * 76,
	],
)
def test_any_title_survives_the_format(title):
	lines = dict(unfolded(calendar_files.due_dates([frappe._dict(row(course_title=title))])))
	kept = title.replace("\r\n", "\n").replace("\x07", "").replace("\t", "")
	assert unescaped(lines["SUMMARY"]) == f"Training due: {kept}"


def test_the_file_is_downloaded_with_what_is_open(worker, as_user):
	owes(worker, factory.course("Open one"))
	owes(worker, factory.course("Done one"), status="Completed", completed_on=TODAY)
	as_user(worker.user_id)
	frappe.local.response = frappe._dict()
	api.get_my_training_calendar()
	answer = frappe.local.response
	assert (answer.type, answer.filename, answer.content_type) == (
		"download", "my-training.ics", "text/calendar",
	)  # fmt: skip
	summaries = [value for name, value in unfolded(answer.filecontent) if name == "SUMMARY"]
	assert summaries == ["Training due: Open one"]


def test_guests_get_no_calendar(as_user):
	as_user("Guest")
	with pytest.raises(frappe.PermissionError):
		api.get_my_training_calendar()
