"""Who is in the pictures, and who takes them."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import getdate
from playwright.sync_api import Page

from tests.bench import ROOT
from tests.browser.pictures.company import COMPANY, COURSES, LESSONS, NAMES, UNITS, owes, person, unit
from tests.site import factory

IMAGES = ROOT / "docs" / "images"


@pytest.fixture
def staff(committed):
	"""Three departments of four, who owe nothing yet."""
	if not frappe.db.exists("Company", COMPANY):
		values = {"abbr": "LC", "default_currency": "EUR", "country": "Germany"}
		frappe.get_doc({"doctype": "Company", "company_name": COMPANY, **values}).insert()
	# Some of them come with a company.
	units = [unit(name) for name in UNITS]
	# Without a User Permission on herself: she looks after everybody.
	hr = person("Helen Moore", "HR Manager", "HR User", create_user_permission=0)
	boss = person("Ruth Adeyemi")
	people = [
		person(name, department=units[number % 3], reports_to=boss.name) for number, name in enumerate(NAMES)
	]
	trainer = person("Ines Berg", "Moderator", "System Manager", create_user_permission=0)
	by = [{"instructor": trainer.user_id}]
	courses = [
		factory.course(
			title,
			lessons=LESSONS,
			short_introduction=about,
			card_gradient=colour,
			validity_days=days,
			instructors=by,
		)
		for title, (about, colour, days) in COURSES.items()
	]
	committed()
	return frappe._dict(hr=hr, boss=boss, trainer=trainer, people=people, units=units, courses=courses)


@pytest.fixture
def company(staff, committed):
	"""The same, and what they owe; who comes later in the list is further."""
	frappe.set_user(staff.hr.user_id)
	today = getdate()
	owed = {}
	for number, who in enumerate(staff.people):
		for place, course in enumerate(staff.courses):
			lessons = min(LESSONS, (number + place) % 6)
			due = today + timedelta(days=(number * 5 + place * 3) % 40 - 9)
			done = today - timedelta(days=number * 15) if lessons == LESSONS else None
			if done:
				due = done + timedelta(days=4 - place)
			owed[NAMES[number], list(COURSES)[place]] = owes(who, course, due, lessons, done)
	frappe.set_user("Administrator")
	committed()
	return frappe._dict(**staff, owed=owed)


@pytest.fixture
def picture():
	"""picture(page, name) takes a picture for the guides."""

	def take(page: Page, name: str) -> None:
		page.wait_for_load_state("networkidle")
		# Charts grow into their place.
		page.wait_for_timeout(2000)
		assert "�" not in page.content()
		page.screenshot(path=IMAGES / f"{name}.png")

	return take
