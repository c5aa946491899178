"""Pictures for the guides of screens that tell nothing without a company: taken where they are asked for."""

import os
from datetime import timedelta

import frappe
import pytest
from frappe.utils import getdate
from playwright.sync_api import expect

from tests.browser.scratch import ASSIGNMENT
from tests.browser.test_desk import LIST, row
from tests.site import factory

pytestmark = [
	pytest.mark.usefixtures("alone_on_the_site"),
	pytest.mark.skipif(
		not os.environ.get("SCREENSHOTS"), reason="no pictures were asked for (SCREENSHOTS=1)"
	),
]

NAMES = (
	"Ada Lima", "Omar Haddad", "Grace Okafor", "Jonas Weber", "Mei Tanaka", "Priya Nair", "Lena Fischer",
	"Tomas Novak", "Sara Lindqvist", "Diego Ramos", "Aisha Khan", "Paul Martin",
)  # fmt: skip
COURSES = ("Code of Conduct", "Fire Safety", "Information Security", "Data Protection")


@pytest.fixture
def company(committed):
	"""Three departments of four; who comes later in the list is further."""
	boss = factory.employee(factory.user(), first_name="Helen", last_name="Moore")
	courses = [factory.course(title, lessons=4) for title in COURSES]
	units = [
		factory.named("Department", "department_name", name, company=factory.company())
		for name in ("Research", "Sales", "Operations")
	]
	today = getdate()
	for number, name in enumerate(NAMES):
		first, last = name.split()
		person = factory.employee(
			factory.user(),
			first_name=first,
			last_name=last,
			department=units[number % 3],
			reports_to=boss.name,
		)
		for place, course in enumerate(courses):
			doc = frappe.get_doc({"doctype": ASSIGNMENT, "employee": person.name, "course": course}).insert()
			progress = min(100, (number * 25 + place * 25) % 150)
			due = today + timedelta(days=(number * 5 + place * 3) % 40 - 9)
			state = {
				"progress": progress,
				"due_date": due,
				"status": "In Progress" if progress else "Pending",
			}
			if progress == 100:
				done = today - timedelta(days=number * 15)
				state |= {
					"status": "Completed",
					"completed_on": done,
					"due_date": done + timedelta(days=4 - place),
				}
			elif due < today:
				state["status"] = "Overdue"
			frappe.db.set_value(ASSIGNMENT, doc.name, state)
	committed()


def test_pictures_of_a_company(desk, hr, company, screenshot):
	page = desk("/app/training-compliance", hr)
	expect(page.locator(".dashboard-widget-box svg.frappe-chart")).to_have_count(2)
	screenshot(page, "workspace")
	page.goto(LIST)
	expect(row(page, "Fire Safety").first).to_be_visible()
	screenshot(page, "assignment-list")
	page.goto("/app/query-report/Team Training Status")
	expect(page.locator(".dt-scrollable .dt-row").first).to_be_visible()
	screenshot(page, "team-training-status")
