"""The pictures of docs: compliance, documents, evidence, seals, requests, signatures and retention."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import formatdate, getdate
from playwright.sync_api import expect

from smooth_lms_hr.record import seal
from smooth_lms_hr.setup.roles import AUDITOR
from smooth_lms_hr.sources.names import EVENT, EVIDENCE, SEAL
from tests.browser.pictures.company import COMPANY, LESSONS, NAMES, only_when_asked_for, person
from tests.browser.scratch import ASSIGNMENT, may_log_in
from tests.browser.test_desk import dialog, row
from tests.site import factory
from tests.site.erased import leave, retain
from tests.site.filing import file_document
from tests.site.sealing import tamper

pytestmark = [pytest.mark.usefixtures("alone_on_the_site"), only_when_asked_for]

HOLDS = "/app/employee-compliance"
STATEMENT = """I have read the Code of Conduct of Lakeside Clinic and will follow it.

I know whom to tell when I see that somebody does not: my manager, HR, or the ombudsperson, in confidence."""


def day(days: int) -> str:
	return str(getdate() + timedelta(days=days))


def owe(who, course: str, **fields) -> str:
	return (
		frappe.get_doc({"doctype": ASSIGNMENT, "employee": who.name, "course": course, **fields})
		.insert()
		.name
	)


@pytest.fixture
def auditor(committed):
	user = factory.user(AUDITOR.name, name="noor@audit.example")
	frappe.db.set_value("User", user, {"first_name": "Noor", "last_name": "Amin", "full_name": "Noor Amin"})
	may_log_in(user)
	committed()
	return user


@pytest.fixture
def held(staff, committed):
	"""What the people of the company have to hold, in every state."""
	nursing = factory.compliance_type(
		documents=["Nursing Licence"], title="Nursing Licence", alert_days_before=60
	)
	first_aid = factory.compliance_type(
		[factory.course("First Aid", lessons=LESSONS, is_mandatory=0)],
		["First Aid Card"],
		title="First Aider",
		renew_every=2,
		renew_unit="Years",
		alert_days_before=60,
	)
	x_ray = factory.compliance_type(
		[factory.course("Radiation Protection", lessons=LESSONS, is_mandatory=0, training_hours=4)],
		title="X-Ray Operator",
		renew_every=1,
		renew_unit="Years",
		needs_verification=1,
	)
	hr = staff.hr.user_id
	frappe.set_user(hr)
	ends = (400, 41, 700, -12, 230, None, 18, 510, -3, 330, 90, 610)
	for number, (who, end) in enumerate(zip(staff.people, ends, strict=True)):
		dated = {"verified_by": hr, "verified_on": f"{day(-30)} 10:20:00"}
		if end:
			factory.verified_document(
				who.name, "Nursing Licence", issued_on=day(end - 730), expires_on=day(end), **dated
			)
		stands = factory.compliance(who.name, nursing)
		if end and end < 0:
			# It was complete once.
			expired = {"status": "Expired", "completed_on": day(end - 730), "next_renewal_date": day(end)}
			frappe.db.set_value("Employee Compliance", stands.name, expired)
		if number % 2 == 0:
			factory.verified_document(
				who.name, "First Aid Card", issued_on=day(-200), expires_on=day(530), **dated
			)
			factory.compliance(who.name, first_aid)
			course = frappe.get_doc("Compliance Type", first_aid).requirements[0].course
			factory.complete_lessons(who.user_id, course, 2 if number % 4 else None)
		if number % 3 == 0:
			factory.compliance(who.name, x_ray)
			course = frappe.get_doc("Compliance Type", x_ray).requirements[0].course
			factory.complete_lessons(who.user_id, course, 1 if number == 3 else None)
	frappe.set_user("Administrator")
	committed()
	return frappe._dict(nursing=nursing, first_aid=first_aid, x_ray=x_ray)


def test_pictures_of_compliance(desk, staff, held, picture):
	hr = staff.hr.user_id
	page = desk(HOLDS, hr)
	expect(page.locator(".list-row", has_text="X-Ray Operator").first).to_be_visible()
	picture(page, "compliance-list")
	grace = staff.people[NAMES.index("Grace Okafor")]
	name = frappe.db.get_value(
		"Employee Compliance", {"employee": grace.name, "compliance_type": held.first_aid}
	)
	page.goto(f"{HOLDS}/{name}")
	expect(page.locator(".form-message:visible")).to_contain_text("First Aid")
	picture(page, "compliance-form")
	page = desk("/app/query-report/Compliance Status", hr, viewport={"width": 1440, "height": 960})
	expect(page.locator(".dt-scrollable .dt-row").first).to_be_visible()
	picture(page, "compliance-status")


def test_a_picture_of_the_workspace(desk, company, held, picture):
	page = desk("/app/training-compliance", company.hr.user_id, viewport={"width": 1280, "height": 1200})
	expect(page.locator(".dashboard-widget-box svg.frappe-chart")).to_have_count(2)
	picture(page, "workspace")


def test_pictures_of_documents(desk, visit, staff, picture, committed):
	hr = staff.hr.user_id
	for number, who in enumerate(staff.people[:9]):
		kind = ("Nursing Licence", "Driving Licence", "Work Permit")[number % 3]
		dates = {"issued_on": day(-300 - number), "expires_on": day((350, 600, -8, 25)[number % 4])}
		file_document(who.name, hr, kind, title=f"{kind} {6021 + number * 137}", **dates)
	omar = staff.people[NAMES.index("Omar Haddad")]
	waits = file_document(
		omar.name, omar.user_id, "First Aid Card", title="Red Cross first aid card", expires_on=day(700)
	)
	owe(omar, staff.courses[0])
	committed()
	page = desk("/app/employee-document", hr)
	expect(row(page, "To Be Verified").first).to_be_visible()
	picture(page, "document-list")
	page.goto(f"/app/employee-document/{waits.name}")
	expect(page.get_by_role("button", name="Verify", exact=True)).to_be_visible()
	picture(page, "document-form")
	page = visit("/my-training", omar.user_id)
	page.locator("[data-documents]").get_by_role("button", name="Add a document").click()
	for label, value in (
		("What kind of document is it?", "Driving Licence"),
		("Title, if it has one of its own", "Class C"),
		("Issued on", day(-40)),
		("Expires on (empty: never)", day(1785)),
	):
		page.get_by_label(label).fill(value)
	picture(page, "my-documents")


@pytest.fixture
def learned(staff, committed):
	"""Omar has completed a course with a quiz and a certificate, signed nothing yet, and is late with nothing."""
	from lms.lms.doctype.lms_certificate.lms_certificate import create_certificate

	omar = staff.people[NAMES.index("Omar Haddad")]
	course = factory.course(
		"Hand Hygiene", lessons=LESSONS, is_mandatory=0, enable_certification=1, training_hours=1.5
	)
	factory.ask_in_lesson(factory.lessons_of(course)[0], "quiz", factory.quiz("Five moments"))
	frappe.set_user(staff.hr.user_id)
	done = owe(omar, course, reason="After the inspection of October")
	for each in staff.courses[1:]:
		owe(omar, each)
	factory.hand_in_quiz(omar.user_id, "Five moments", marks=9)
	factory.complete_lessons(omar.user_id, course)
	factory.complete_lessons(omar.user_id, staff.courses[1], 3)
	frappe.set_user(omar.user_id)
	create_certificate(course)
	frappe.set_user("Administrator")
	committed()
	return frappe._dict(
		omar=omar, assignment=done, evidence=frappe.db.get_value(EVIDENCE, {"assignment": done})
	)


def test_pictures_of_evidence_and_of_one_person(desk, visit, staff, learned, picture, committed):
	from smooth_lms_hr.assigning import evidence_files

	evidence_files.make([learned.evidence])
	committed()
	hr = staff.hr.user_id
	page = desk(f"/app/lms-training-assignment/{learned.assignment}", hr)
	section = page.locator(".form-dashboard-section.custom:visible", has_text="Evidence")
	expect(section).to_contain_text("Five moments: 90%")
	picture(page, "evidence")
	page = desk("/app/lms-training-evidence", hr)
	page.get_by_role("button", name="Export Evidence", exact=True).click()
	asked = dialog(page, "Export Evidence")
	for field, value in (
		("company", COMPANY),
		("from_date", formatdate(day(-365))),
		("to_date", formatdate(day(0))),
	):
		asked.locator(f"[data-fieldname={field}] input").fill(value)
		asked.locator(f"[data-fieldname={field}] input").press("Tab")
	asked.locator(".modal-title").click()
	picture(page, "export-evidence")
	page = visit(
		f"/training-record?employee={learned.omar.name}", hr, viewport={"width": 1280, "height": 1100}
	)
	expect(page.get_by_text("What was owed")).to_be_visible()
	picture(page, "training-record")


def test_pictures_of_the_seals(desk, staff, auditor, learned, picture, committed, monkeypatch):
	monkeypatch.setattr(seal, "MARGIN", 0)
	frappe.db.delete(SEAL)
	ours = frappe.get_all(ASSIGNMENT, {"employee": learned.omar.name}, pluck="name")
	frappe.db.delete(EVENT, {"assignment": ("not in", ours)})
	assert seal.seal_next()
	# Another day's work, and its seal.
	frappe.set_user(staff.hr.user_id)
	for who in staff.people[2:5]:
		owe(who, staff.courses[2])
	frappe.set_user("Administrator")
	assert seal.seal_next()
	committed()
	page = desk("/app/lms-training-seal", auditor, viewport={"width": 1280, "height": 480})
	page.get_by_role("button", name="Verify Audit Trail").click()
	expect(page.locator(".modal.show")).to_contain_text("The record is as it was written")
	picture(page, "seals-verified")
	event = frappe.db.get_value(EVENT, {"assignment": learned.assignment, "event": "Completed"})
	tamper(EVENT, event, "reason", "Was there")
	committed()
	page = desk("/app/lms-training-seal", auditor, viewport={"width": 1280, "height": 480})
	page.get_by_role("button", name="Verify Audit Trail").click()
	expect(page.locator(".modal.show")).to_contain_text("The record was changed")
	picture(page, "seals-changed")


def test_pictures_of_signing_and_asking(desk, visit, staff, learned, picture, committed):
	omar = learned.omar
	conduct = frappe.get_doc("LMS Course", staff.courses[0])
	conduct.attestation = STATEMENT
	conduct.save()
	owe(omar, conduct.name)
	factory.complete_lessons(omar.user_id, conduct.name)
	committed()
	page = visit("/my-training", omar.user_id)
	page.get_by_role("button", name="Read and sign the statement of Code of Conduct").click()
	page.get_by_label("Your name, as your signature").fill("Omar Haddad")
	picture(page, "sign-statement")
	page = visit("/my-training", omar.user_id)
	card = page.locator("li.item", has_text="Fire Safety")
	card.get_by_label("Ask about Fire Safety").click()
	form = card.locator("details form")
	form.get_by_label("New due date").fill(day(60))
	form.get_by_label("Why?").fill("I am at the branch in Oslo until the end of next month.")
	picture(page, "ask-for-more-time")
	with page.expect_navigation():
		form.get_by_role("button", name="Send").click()
	committed()
	page = desk("/app/lms-training-request", staff.hr.user_id, viewport={"width": 1280, "height": 620})
	row(page, "Fire Safety").locator("a.ellipsis").first.click()
	page.get_by_role("button", name="Grant").click()
	asked = dialog(page, "Grant")
	asked.locator("textarea").fill("Granted. Please do it in your first week back.")
	picture(page, "answer-request")


def test_a_picture_of_retention(desk, staff, picture, committed):
	frappe.set_user(staff.hr.user_id)
	for number, (name, left) in enumerate(
		(("Hanna Roth", -2600), ("Piotr Zielinski", -2570), ("Claire Dubois", -2900), ("Marco Conti", -2700))
	):
		who = person(name, department=staff.units[number % 3], date_of_joining=day(left - 900))
		for course in staff.courses[: number + 1]:
			owe(who, course)
		if number == 2:
			from smooth_lms_hr import api

			api.hold_record("Labour court, file 7 Ca 112/24", employees=[who.name])
		leave(who, day(left))
	frappe.set_user("Administrator")
	retain("Dry Run")
	committed()
	try:
		page = desk(
			"/app/query-report/Training Retention", staff.hr.user_id, viewport={"width": 1280, "height": 560}
		)
		expect(page.locator(".dt-scrollable .dt-row").first).to_be_visible()
		picture(page, "training-retention")
	finally:
		retain("Off")
		committed()
