"""The pictures of README and docs, of what people have to hold, and of how anybody knows that they did."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import getdate, now_datetime
from playwright.sync_api import expect

from smooth_lms_hr import api
from smooth_lms_hr.assigning import evidence_files
from smooth_lms_hr.record import seal
from smooth_lms_hr.setup.roles import AUDITOR
from smooth_lms_hr.sources.names import EVIDENCE
from tests.browser import lakeside
from tests.browser.lakeside import COMPANY, NAMES, person
from tests.browser.scratch import ASSIGNMENT, PASSWORD
from tests.browser.test_desk import dialog
from tests.site import factory

pytestmark = lakeside.pictures

TALL = {"width": 1280, "height": 1100}
STATEMENT = """I have read the Code of Conduct of Lakeside Clinic.

I will follow it in all that I do for patients, colleagues and suppliers, and report what I see of its breach to the \
ombudsperson.

I know that I can ask at any time what it means for my work."""
# How some hold what they have to, and for how many days more.
STANDS = (
	("Complete", 412), ("Complete", 188), ("Due for Renewal", 12), ("Complete", 301), ("Pending", None),
	("Complete", 640), ("Awaiting Verification", None), ("Complete", 95), ("Expired", -6),
)  # fmt: skip
# What is on people's files: of which type, its title, for how many days more, and whether HR has looked at it.
FILED = (
	("Driving Licence", "Class C1", 412, 1), ("Work Permit", "Blue Card", 188, 1),
	("Medical Fitness", "Examination of autumn", 301, 0), ("Dosimetry Badge", "Badge 14", 95, 1),
	("Diploma", "Nursing", None, 1), ("Work Permit", "Residence", 21, 1), ("Driving Licence", "Class B", 730, 0),
	("Medical Fitness", "Examination of last year", -6, 1), ("Dosimetry Badge", "Badge 21", 640, 1),
	("Confidentiality", "Signed with the contract", None, 1),
)  # fmt: skip


def teach(title: str, *lessons: str, **fields) -> str:
	"""Return the name of a new course, with lessons that one could learn."""
	course = factory.course(title, lessons=len(lessons), is_mandatory=0, **fields)
	for name, lesson in zip(factory.lessons_of(course), lessons, strict=True):
		frappe.db.set_value("Course Lesson", name, "title", lesson)
	frappe.db.set_value("Course Chapter", {"course": course}, "title", "What to know")
	return course


def assign(who, course: str) -> str:
	return frappe.get_doc({"doctype": ASSIGNMENT, "employee": who.name, "course": course}).insert().name


def file_of(who, kind: str, title: str, days: int | None, verified: int, hr: str) -> str:
	"""Put a document on somebody's file that counts for so many days more."""
	today = getdate()
	return factory.verified_document(
		who.name,
		kind,
		title=title,
		employee_name=who.employee_name,
		company=who.company,
		department=who.department,
		issued_on=today - timedelta(days=90),
		expires_on=None if days is None else today + timedelta(days=days),
		verified_by=hr if verified else None,
		verified_on=f"{today} 09:12:00" if verified else None,
	)


@pytest.fixture
def auditor(committed):
	lakeside.found()
	user = person("Karl Busch", AUDITOR.name, create_user_permission=0).user_id
	committed()
	return user


@pytest.fixture
def first_aid(company):
	"""A course that some have completed, with all that Learning has of it."""
	course = teach("First Aid", "Who helps", "Breathing", "Bleeding", "Burns", training_hours=2)
	for who in company.people[:8]:
		assign(who, course)
		factory.complete_lessons(who.user_id, course)
	return course


def test_pictures_of_compliance(desk, company, first_aid, picture, committed):
	hr, omar = company.hr.user_id, company.people[NAMES.index("Omar Haddad")]
	driver, warden, badge = (
		factory.compliance_type(courses, documents, title=title, renew_every=2)
		for title, courses, documents in (
			("Ambulance Driver", [first_aid], ["Driving Licence", "Medical Fitness"]),
			("Fire Warden", [], ["Fire Warden Card"]),
			("Radiation Protection", [], ["Dosimetry Badge"]),
		)
	)
	file_of(omar, "Driving Licence", "Class C1", 412, 1, hr)
	frappe.set_user(hr)
	asked = factory.compliance(omar.name, driver)
	for number, who in enumerate(company.people):
		for place, kind in enumerate((driver, warden, badge)):
			if (who is omar and kind == driver) or (number + place) % 3 == 2:
				continue
			status, days = STANDS[(number * 2 + place) % len(STANDS)]
			held = factory.compliance(who.name, kind)
			ends = None if days is None else getdate() + timedelta(days=days)
			frappe.db.set_value(
				"Employee Compliance", held.name, {"status": status, "next_renewal_date": ends}
			)
	frappe.set_user("Administrator")
	committed()
	page = desk(f"/app/employee-compliance/{asked.name}", hr, viewport=TALL)
	expect(page.locator(".form-message")).to_contain_text("Medical Fitness")
	picture(page, "compliance")
	page.goto("/app/query-report/Compliance Status")
	expect(page.locator(".dt-scrollable .dt-row").first).to_be_visible()
	picture(page, "compliance-status")


def test_a_picture_of_the_employees_file(desk, company, picture, committed):
	for who, filed in zip(company.people, FILED, strict=False):
		file_of(who, *filed, company.hr.user_id)
	committed()
	page = desk("/app/employee-document", company.hr.user_id)
	expect(page.locator(".list-row", has_text="To Be Verified").first).to_be_visible()
	picture(page, "employee-documents")


def test_a_picture_of_evidence(desk, company, picture, committed, monkeypatch):
	from lms.lms.doctype.lms_certificate.lms_certificate import create_certificate

	course = teach(
		"Chemical Safety",
		"Labels and data sheets",
		"Gloves, goggles, hoods",
		"Spills",
		enable_certification=1,
		training_hours=1.5,
		attestation="I know where the shower is.",
	)
	factory.ask_in_lesson(factory.lessons_of(course)[0], "quiz", factory.quiz("Labels"))
	mei = company.people[NAMES.index("Mei Tanaka")]
	name = assign(mei, course)
	factory.hand_in_quiz(mei.user_id, "Labels", marks=9)
	factory.complete_lessons(mei.user_id, course)
	frappe.set_user(mei.user_id)
	api.sign_statement(name, "Mei Tanaka", PASSWORD)
	create_certificate(course)
	frappe.set_user("Administrator")
	evidence = frappe.db.get_value(EVIDENCE, {"assignment": name})
	monkeypatch.setattr(evidence_files, "_pdf_of", lambda certificate: b"%PDF-1.4\n%%EOF\n")
	evidence_files.make([evidence])
	committed()
	page = desk(f"/app/lms-training-evidence/{evidence}", company.hr.user_id, viewport=TALL)
	expect(page.locator(".form-layout:visible [data-fieldname=sha256]")).to_be_visible()
	picture(page, "evidence")


def test_a_picture_of_the_export(desk, auditor, company, first_aid, picture, committed):
	committed()
	page = desk("/app/lms-training-evidence", auditor)
	expect(page.locator(".list-row", has_text="First Aid").first).to_be_visible()
	page.get_by_role("button", name="Export Evidence", exact=True).click()
	asked = page.locator(".modal.show")
	chosen = asked.locator("[data-fieldname=company] input")
	chosen.fill(COMPANY)
	chosen.blur()
	picture(page, "export-evidence")


def test_a_picture_of_the_seals(desk, auditor, picture, committed, monkeypatch):
	monkeypatch.setattr(seal, "MARGIN", 0)
	lead = person("Ruth Adeyemi")
	course = teach("Hand Hygiene", "When", "How")
	for days, name in ((4, "Ada Lima"), (3, "Omar Haddad"), (2, "Grace Okafor"), (1, "Jonas Weber")):
		who = person(name, reports_to=lead.name)
		assign(who, course)
		factory.complete_lessons(who.user_id, course)
		night = now_datetime().replace(hour=0, minute=0, second=7, microsecond=0) - timedelta(days=days)
		monkeypatch.setattr(seal, "now_datetime", lambda night=night: night)
		assert seal.seal_next()
	committed()
	page = desk("/app/lms-training-seal", auditor)
	expect(page.locator(".list-row-container:visible", has_text="TS-00000004")).to_be_visible()
	page.get_by_role("button", name="Verify Audit Trail").click()
	expect(page.locator(".modal.show")).to_contain_text("The record is as it was written")
	picture(page, "seals")


def test_a_picture_of_signing(visit, company, picture, committed):
	omar, course = company.people[NAMES.index("Omar Haddad")], company.courses[0]
	doc = frappe.get_doc("LMS Course", course)
	doc.attestation = STATEMENT
	doc.save()
	factory.complete_lessons(omar.user_id, course)
	committed()
	page = visit("/my-training", omar.user_id)
	page.get_by_role("button", name="Read and sign the statement of Code of Conduct").click()
	asked = page.get_by_role("dialog", name="Statement: Code of Conduct")
	asked.get_by_label("Your name, as your signature").fill("Omar Haddad")
	asked.get_by_label("Your password").fill(PASSWORD)
	picture(page, "sign-statement")


def test_a_picture_of_a_request(desk, company, picture, committed):
	later = getdate() + timedelta(days=45)
	request = factory.request(
		company.owed["Omar Haddad", "Code of Conduct"],
		wanted_date=str(later),
		reason="I am at our partner clinic in Basel until the end of next month.",
	)
	committed()
	page = desk(f"/app/lms-training-request/{request}", company.hr.user_id)
	page.get_by_role("button", name="Grant").click()
	asked = dialog(page, "Grant")
	asked.locator("textarea").fill("Take your time, and greet them from us.")
	picture(page, "answer-request")


def test_a_picture_of_one_person(visit, company, first_aid, picture, committed):
	committed()
	omar = company.people[NAMES.index("Omar Haddad")]
	page = visit(f"/training-record?employee={omar.name}", company.hr.user_id)
	expect(page.get_by_text("What was owed")).to_be_visible()
	picture(page, "training-record")
