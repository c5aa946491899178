"""What HR and learners see of evidence: on the form of an assignment, and on its own."""

import frappe
import pytest
from playwright.sync_api import expect

from smooth_lms_hr.assigning import evidence_files
from tests.browser.conftest import PHONE
from tests.browser.scratch import ASSIGNMENT
from tests.browser.test_desk import LIST
from tests.browser.test_learner import learner
from tests.site import factory

pytestmark = pytest.mark.usefixtures("alone_on_the_site")
EVIDENCE = "LMS Training Evidence"


@pytest.fixture
def done(committed):
	"""Somebody who has completed a course with a quiz, and has asked for the certificate, which is no file yet."""
	from lms.lms.doctype.lms_certificate.lms_certificate import create_certificate

	someone = learner()
	course = factory.course("Fire Safety", is_mandatory=0, enable_certification=1, training_hours=1.5)
	factory.ask_in_lesson(factory.lessons_of(course)[0], "quiz", factory.quiz("Exits"))
	doc = frappe.get_doc({"doctype": ASSIGNMENT, "employee": someone.name, "course": course}).insert()
	factory.hand_in_quiz(someone.user_id, "Exits", marks=9)
	factory.complete_lessons(someone.user_id, course)
	frappe.set_user(someone.user_id)
	create_certificate(course)
	frappe.set_user("Administrator")
	committed()
	name = frappe.db.get_value(EVIDENCE, {"assignment": doc.name})
	return frappe._dict(user=someone.user_id, assignment=doc.name, evidence=name)


def section(page):
	return page.locator(".form-dashboard-section.custom:visible", has_text="Evidence")


@pytest.mark.parametrize("phone", [False, True])
def test_the_form_of_an_assignment_shows_its_evidence_and_what_is_missing(
	desk, hr, done, serious_violations, phone
):
	page = desk(f"{LIST}/{done.assignment}", hr, **({"viewport": PHONE} if phone else {}))
	shown = section(page)
	for text in (
		"Completed on",
		"Valid",
		"2 lessons.",
		"1.5 hours.",
		"Exits: 90%, 70% needed, at the first attempt.",
	):
		expect(shown).to_contain_text(text)
	expect(shown).to_contain_text("not on record yet")
	assert serious_violations(page, ".form-dashboard-section.custom") == []


def test_its_file_is_a_link_and_it_leads_to_its_own_form(desk, hr, done, committed, monkeypatch):
	monkeypatch.setattr(evidence_files, "_pdf_of", lambda certificate: b"%PDF-1.4\n%%EOF\n")
	evidence_files.make([done.evidence])
	committed()
	page = desk(f"{LIST}/{done.assignment}", hr)
	link = section(page).get_by_role("link", name="Certificate", exact=True)
	expect(link).to_be_visible()
	expect(section(page)).not_to_contain_text("not on record yet")
	assert page.request.get(link.get_attribute("href")).body().startswith(b"%PDF-1.4")
	section(page).get_by_role("link", name="Completed on").click()
	page.wait_for_url(f"**/lms-training-evidence/{done.evidence}")
	expect(page.locator(".indicator-pill:visible", has_text="Valid").first).to_be_visible()
	expect(page.locator(".form-layout:visible [data-fieldname=sha256]")).to_contain_text(
		frappe.db.get_value(EVIDENCE, done.evidence, "sha256")
	)
	expect(page.get_by_role("button", name="Save", exact=True)).to_have_count(0)


def test_somebody_else_does_not_get_the_file(visit, done, committed, monkeypatch, reader):
	monkeypatch.setattr(evidence_files, "_pdf_of", lambda certificate: b"%PDF-1.4\n%%EOF\n")
	evidence_files.make([done.evidence])
	committed()
	url = frappe.db.get_value(EVIDENCE, done.evidence, "certificate_file")
	other = learner("Omar").user_id
	committed()
	for user, status in ((done.user, 200), (reader, 200), (other, 403)):
		assert visit("/api/method/ping", user).request.get(url).status == status, user
