"""What mails look like and say: one column, what, why and by when, one button, and the same as plain text."""

import re

import frappe
import pytest

from smooth_lms_hr import api, daily
from smooth_lms_hr.telling import announcements, email_templates
from tests.site import factory
from tests.site.mailbox import owe, owe_and_know, part, read_mails, read_parts

pytestmark = pytest.mark.usefixtures("settings")

MARKUP = '<b>Bold & "brash"</b>'


def announce(worker):
	announcements.announce([row.name for row in factory.assignments(member=worker.user_id)])
	(mail,) = read_parts(worker.user_id)
	return part(mail, "plain"), part(mail, "html")


def links(html):
	return re.findall(r'<a [^>]*href="([^"]*)"', html)


def test_the_first_mail_has_a_heading_the_course_as_a_link_and_one_button(worker):
	owe(worker, "Safety")
	row = factory.assignment(member=worker.user_id)
	text, html = announce(worker)
	assert "New training for you" in html
	assert [link.rpartition("/")[2] for link in links(html)[:2]] == [row.course, "my-training"]
	due = frappe.utils.formatdate(row.due_date)
	for said in (text, html):
		for what in ("Please complete this training", "Safety", f"Due {due}, in 30 days", row.onboarding):
			assert what in said
	assert "Open my training: " + frappe.utils.get_url("/my-training") in text


def test_of_several_it_speaks_in_the_plural(worker):
	owe(worker, "Safety", "Privacy")
	text, html = announce(worker)
	assert "2 new trainings for you" in html
	assert "each of these trainings" in text
	assert text.index("* Privacy") < text.index("* Safety")


def test_the_plain_text_has_no_markup_and_no_entity(worker):
	owe(worker, "Health & 'Safety'")
	text, html = announce(worker)
	assert "* Health & 'Safety'\n" in text
	assert not re.search(r"<[a-z/!]|&#?\w+;|\{\{|\{%", text)
	assert "Health &amp; " in html


def test_titles_of_others_are_text_in_both_parts(worker):
	owe(worker, "Safety")
	frappe.db.set_value("LMS Training Assignment", {"member": worker.user_id}, "course_title", MARKUP)
	text, html = announce(worker)
	assert MARKUP in text
	assert "<b>" not in html
	assert "&lt;b&gt;Bold &amp; " in html


def test_where_hr_wrote_the_html_the_text_says_what_hr_wrote(worker):
	template = frappe.get_doc("Email Template", email_templates.ASSIGNED.name)
	template.response_html = "<p>Hallo {{ first_name }}: {{ rows[0].course_title }}</p>"
	template.save()
	owe(worker, "Safety")
	text, _html = announce(worker)
	assert "Hallo" in text
	assert "Please complete" not in text


@pytest.mark.parametrize("default", email_templates.TEMPLATES, ids=lambda default: default.name)
def test_every_mail_is_one_column_with_one_button_that_reads_in_the_dark(default):
	html = default.response
	assert html.count("button(") == 1
	assert "call mail(" in html
	assert default.text.strip().endswith("}}")
	layout = frappe.get_template("smooth_lms_hr/templates/emails/training_layout.html")
	said = str(layout.make_module({"direction": "ltr"}).mail("Heading", caller=lambda: ""))
	assert "prefers-color-scheme: dark" in said
	assert "width=" not in said


def test_a_reader_of_arabic_reads_from_right_to_left(worker):
	if not frappe.db.exists("Language", "ar"):
		frappe.get_doc({"doctype": "Language", "language_code": "ar", "language_name": "العربية"}).insert()
	frappe.db.set_value("User", worker.user_id, "language", "ar")
	owe(worker, "Safety")
	_text, html = announce(worker)
	assert 'dir="rtl"' in html


@pytest.mark.parametrize(("day", "heading"), [(29, "Training due soon"), (31, "2 trainings are overdue")])
def test_the_reminder_says_in_its_heading_how_it_stands(worker, clock, day, heading):
	owe_and_know(worker, titles=("Safety", "Privacy"))
	clock(day)
	daily.run()
	(mail,) = read_parts(worker.user_id)
	assert heading in part(mail, "html")
	assert ('class="training-late"' in part(mail, "html")) == (day > 30)
	assert factory.assignments(member=worker.user_id)[0].onboarding in part(mail, "plain")


def test_the_digest_is_grouped_by_person_the_worst_first(worker, boss, clock):
	colleague = factory.employee(factory.user(), reports_to=boss.name)
	owe_and_know(worker, colleague, titles=("Fire", "Water"))
	frappe.db.set_value("LMS Training Assignment", {"employee": colleague.name, "course_title": "Water"},
		{"due_date": "2026-12-20", "due_date_set_on": "2026-11-23"})  # fmt: skip
	clock(31)
	daily.run()
	(mail,) = read_parts(boss.user_id)
	text, html = part(mail, "plain"), part(mail, "html")
	first, second = text.index(colleague.employee_name), text.index(worker.employee_name)
	assert first < second
	assert text.count(colleague.employee_name) == text.count(worker.employee_name) == 1
	assert first < text.index("* Water") < text.index("* Fire") < second
	assert "4 trainings are overdue." in text
	assert "Open my team: " + frappe.utils.get_url("/my-team-training") in text
	assert html.count("<h2") == 2


def test_two_people_of_one_name_are_two(boss, clock):
	twins = [factory.employee(factory.user(), first_name="Sam", reports_to=boss.name) for _ in range(2)]
	owe_and_know(*twins)
	clock(31)
	daily.run()
	(mail,) = read_parts(boss.user_id)
	assert part(mail, "html").count("<h2") == 2


def test_an_answered_request_says_how_it_was_answered(worker, as_user, hr):
	factory.hr_manager()
	frappe.set_user("Administrator")
	owe_and_know(worker)
	name = factory.assignment(member=worker.user_id).name
	for grant, said in ((False, "Your request was refused"), (True, "Your request was granted")):
		as_user(worker.user_id)
		api.request_training(name, "Extension", "Abroad", wanted_date="2027-01-31")
		as_user(hr)
		(request,) = frappe.get_all("LMS Training Request", {"status": "Open"}, pluck="name")
		api.answer_request([request], grant, "As agreed")
		as_user("Administrator")
		daily.run()
		mail = read_parts(worker.user_id)[-1]
		assert said in part(mail, "html")
		assert said in part(mail, "plain")
		assert "As agreed" in part(mail, "plain")
	assert read_mails(worker.user_id) == []
