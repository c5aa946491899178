"""The pictures of README and docs: onboarding, assignments, rules and the pages of learners, managers and training."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import getdate
from playwright.sync_api import expect

from smooth_lms_hr import api
from tests.browser.conftest import PHONE
from tests.browser.pictures.company import COMPANY, LESSONS, NAMES, only_when_asked_for, owes, person
from tests.browser.scratch import may_log_in
from tests.browser.test_desk import LIST, dialog, pick, row
from tests.site import factory

pytestmark = [pytest.mark.usefixtures("alone_on_the_site"), only_when_asked_for]


def test_pictures_for_hr_of_all_there_is(desk, company, picture, committed):
	hr = company.hr.user_id
	factory.mail_account()
	last_run = {"last_run_on": f"{getdate()} 00:00:07", "last_run_summary": '{"Overdue": 2, "mails": 5}'}
	frappe.db.set_single_value("LMS Training Settings", last_run)
	committed()
	page = desk(LIST, hr)
	expect(row(page, "Fire Safety").first).to_be_visible()
	picture(page, "assignment-list")
	page.goto("/app/query-report/Team Training Status")
	expect(page.locator(".dt-scrollable .dt-row").first).to_be_visible()
	picture(page, "team-training-status")
	page.goto("/app/lms-training-settings")
	expect(page.locator(".training-daily").first).to_contain_text("Next run")
	picture(page, "settings")


def test_a_picture_of_an_assignment(desk, company, picture, committed):
	name = company.owed["Omar Haddad", "Code of Conduct"]
	factory.mail_account()
	frappe.set_user(company.hr.user_id)
	assert api.send_reminder([name])["done"]
	committed()
	page = desk(f"{LIST}/{name}", company.hr.user_id)
	expect(page.locator(".form-message")).to_contain_text("days late")
	picture(page, "assignment-form")


def test_a_picture_of_an_onboarding(desk, company, picture, committed):
	hire = person("Nora Lind", department=company.units[0], reports_to=company.boss.name)
	applicant = factory.applicant("nora@lakeside.example")
	frappe.db.set_value("Job Applicant", applicant, "applicant_name", "Nora Lind")
	frappe.set_user(company.hr.user_id)
	holidays = frappe.copy_doc(frappe.get_doc("Holiday List", factory.holiday_list()))
	holidays.holiday_list_name = "Lakeside Holidays"
	onboarding = factory.onboarding(
		job_applicant=applicant, employee=hire.name, company=COMPANY, holiday_list=holidays.insert().name
	)
	frappe.set_user("Administrator")
	factory.complete_lessons(hire.user_id, company.courses[0], 2)
	factory.course("Working at Heights")
	committed()
	page = desk(
		f"/app/employee-onboarding/{onboarding.name}",
		company.hr.user_id,
		viewport={"width": 1280, "height": 960},
	)
	overview = page.locator(".training-overview")
	expect(overview.locator("tbody tr", has_text="Working at Heights")).to_contain_text("Not assigned")
	overview.evaluate("part => part.scrollIntoView({block: 'end'})")
	picture(page, "onboarding")


def test_a_picture_of_the_dialog(desk, company, picture, committed):
	factory.course("First Aid")
	committed()
	page = desk(LIST, company.hr.user_id, viewport={"width": 1280, "height": 1100})
	page.get_by_role("button", name="Assign Training").click()
	asked = dialog(page, "Assign Training")
	asked.locator("select[data-fieldname=who]").select_option(label="A part of the company")
	pick(asked.locator("input[data-fieldname=department]"), page, company.units[0])
	asked.locator("select[data-fieldname=due]").select_option(label="In a number of days")
	asked.locator("input[data-fieldname=due_days]").fill("21")
	asked.locator("input[data-fieldname=due_days]").press("Tab")
	asked.get_by_role("button", name="Check").click()
	expect(asked).to_contain_text("New assignments:")
	picture(page, "assign-training")


def test_a_picture_of_a_course(desk, company, picture):
	page = desk(f"/app/lms-course/{company.courses[1]}", company.trainer.user_id)
	expect(page.locator(".training-count").first).to_contain_text("Open")
	picture(page, "course-form")


def test_pictures_of_training_rules(desk, company, picture, committed):
	for name in ("Nurse", "Driver"):
		factory.named("Designation", "designation_name", name)
	people = [
		person(f"{name} Blom", designation="Nurse", department=company.units[0]) for name in ("Eva", "Ole")
	]
	for first, last in (("Kari", "Vik"), ("Ivan", "Petrov"), ("Zoe", "Martin"), ("Lars", "Holm")):
		factory.employee(first_name=first, last_name=last, designation="Nurse", company=COMPANY)
	driver = person("Max Blom", designation="Driver")
	short = factory.course("First Aid", lessons=LESSONS, is_mandatory=0)
	long = factory.course(
		"First Aid for Nurses", lessons=LESSONS, is_mandatory=0, equivalents=[{"course": short}]
	)
	frappe.set_user(company.hr.user_id)
	rule = factory.rule(
		"Nurses Refresh First Aid",
		[long],
		[("Company", COMPANY), ("Designation", "Nurse")],
		due_days=14,
		when_it_no_longer_fits="Cancel What Is Not Begun",
	)
	frappe.set_user("Administrator")
	committed()
	hr, wide = company.hr.user_id, {"width": 1280, "height": 1100}
	page = desk(f"/app/lms-training-rule/{rule.name}", hr, viewport=wide)
	expect(page.locator(".rule-preview")).to_contain_text("It fits 6 people")
	page.locator(".rule-preview summary").click()
	picture(page, "training-rule")
	page = desk("/app/query-report/Training Exceptions", hr)
	expect(page.locator(".dt-scrollable .dt-row").first).to_be_visible()
	picture(page, "training-exceptions")
	for who in (people[0], driver):
		page = desk(f"/app/employee/{who.name}", hr)
		page.get_by_role("button", name="Explain Training").click()
		expect(dialog(page, "Training of")).to_contain_text(
			"Nurses Refresh First Aid" if who in people else "Driver"
		)
	picture(page, "explain-training")


def test_pictures_for_a_learner(visit, company, picture, committed):
	omar = company.people[NAMES.index("Omar Haddad")]
	about = {"short_introduction": "Until the ambulance comes", "card_gradient": "Amber"}
	by = [{"instructor": company.trainer.user_id}]
	course = factory.course("First Aid", lessons=LESSONS, is_mandatory=0, instructors=by, **about)
	name = owes(omar, course, getdate() + timedelta(days=20))
	frappe.set_user(company.hr.user_id)
	assert api.waive([name], "Teaches it")["done"]
	committed()
	for suffix, options in (("", {}), ("-phone", {"viewport": PHONE, "has_touch": True, "is_mobile": True})):
		page = visit("/lms", omar.user_id, **options)
		expect(page.locator("#smooth-lms-hr-training")).to_be_visible()
		expect(page.get_by_text("My Courses")).to_be_visible()
		picture(page, f"learner-card{suffix}")
		page = visit("/my-training", omar.user_id, **options)
		expect(page.locator(".item").first).to_contain_text("days late")
		picture(page, f"my-training{suffix}")


def test_pictures_for_a_manager(visit, company, picture):
	boss = company.boss.user_id
	for suffix, options in (("", {}), ("-phone", {"viewport": PHONE, "color_scheme": "dark"})):
		page = visit("/my-team-training", boss, **options)
		expect(page.locator("tbody").first).to_contain_text("days late")
		picture(page, f"my-team-training{suffix}")


@pytest.mark.pages
def test_pictures_for_learning_and_development(visit, company, picture, committed):
	# A Moderator and no more, as Learning makes them: without a desk.
	moderator = may_log_in(factory.user("Moderator", name="mira@lakeside.example"))
	frappe.db.set_value(
		"User", moderator, {"first_name": "Mira", "last_name": "Das", "full_name": "Mira Das"}
	)
	committed()
	for suffix, options in (("", {}), ("-phone", {"viewport": PHONE, "color_scheme": "dark"})):
		page = visit("/training-admin", moderator, **options)
		expect(page.locator("tbody tr").first).to_contain_text("days late")
		for box in page.locator("tbody .pick input").all()[:2]:
			box.check()
		picture(page, f"training-admin{suffix}")
	page = visit("/training-admin?tab=courses", moderator)
	page.get_by_role("button", name="Change Fire Safety").click()
	picture(page, "training-admin-course")
