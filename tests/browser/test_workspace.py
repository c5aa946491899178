"""The ways in: each figure of the workspace is the database's, each way leads where it says, for those it is meant for."""

import json
from pathlib import Path
from urllib.parse import quote

import frappe
import pytest
from frappe.utils import add_days, getdate
from playwright.sync_api import Page, expect

import smooth_lms_hr
from smooth_lms_hr.desk import get_on_time_rate
from smooth_lms_hr.training.status import OPEN
from tests.browser.conftest import DESK, PHONE
from tests.browser.scratch import ASSIGNMENT, may_log_in, owes
from tests.browser.test_desk import LIST, settle
from tests.site import factory
from tests.site.differences import has_desktop

WORKSPACE, TILE = "/app/training-compliance", "Training Compliance"
OVERDUE = {"status": "Overdue"}
FILE = "smooth_lms_hr/workspace/training_compliance/training_compliance.json"
CARDS = len(json.loads((Path(smooth_lms_hr.__file__).parent / FILE).read_text())["number_cards"])

pytestmark = pytest.mark.usefixtures("alone_on_the_site")
desktop_only = pytest.mark.skipif(not has_desktop(), reason="this Frappe has no desktop of tiles")


@pytest.fixture
def debts(people, committed):
	"""As many of each kind as of no other: five are open, two of them overdue, one due within seven days."""
	for title, due, values in (
		("Ladders", -1, OVERDUE),
		("Code of Conduct", 3, {"status": "In Progress", "progress": 80}),
		("Heights", 8, {}),
		("Accounting", 2, {"status": "Completed", "completed_on": getdate(), "progress": 100}),
		("Travel", 2, {"status": "Waived"}),
	):
		owes(people.clerk, title, due, **values)
	committed()
	soon = {"status": ("in", ("Pending", "In Progress")), "due_date": ("<=", add_days(getdate(), 7))}
	return frappe._dict(open={"status": ("in", OPEN)}, overdue=OVERDUE, soon=soon)


@pytest.fixture
def exception(people, committed):
	"""Somebody who cannot be assigned what a rule asks for."""
	factory.employee(
		first_name="Late", designation=(name := factory.named("Designation", "designation_name", "Diver"))
	)
	factory.rule(courses=[factory.course("Diving", is_mandatory=0)], audience=[("Designation", name)])
	committed()


@pytest.fixture
def learner(people, committed):
	"""Somebody who works in the desk, owes training, and looks after nobody's."""
	user = people.clerk.user_id
	frappe.get_doc("User", user).add_roles("Projects User")
	may_log_in(user)
	committed()
	return user


def open_workspace(desk, user: str) -> Page:
	page = desk(WORKSPACE, user)
	expect_workspace(page)
	return page


def expect_workspace(page: Page) -> None:
	expect(page.locator(".number-widget-box .number")).to_have_count(CARDS)
	expect(page.locator(".dashboard-widget-box svg.frappe-chart")).to_have_count(2)


def expect_rows(page: Page, filters: dict) -> None:
	"""Expect that the list shows those that fit, and nothing else."""
	titles = frappe.get_all(ASSIGNMENT, filters, pluck="course_title")
	rows = page.locator(".list-row-container:visible:has(.list-row-checkbox)")
	expect(rows).to_have_count(len(titles))
	for title in titles:
		expect(rows.filter(has_text=title)).to_have_count(1)


def test_each_number_is_the_databases_and_leads_to_what_it_counts(desk, hr, debts, exception):
	cards = {
		"Open Trainings": debts.open,
		"Overdue Trainings": debts.overdue,
		"Trainings Due in 7 Days": debts.soon,
	}
	numbers = [frappe.db.count(ASSIGNMENT, filters) for filters in cards.values()]
	assert numbers == [5, 2, 1]
	for (label, filters), number in zip(cards.items(), numbers, strict=True):
		page = open_workspace(desk, hr)
		card = page.locator(".number-widget-box", has_text=label)
		expect(card.locator(".number")).to_have_text(str(number))
		card.locator(".number").click()
		expect_rows(page, filters)
	exceptions = open_workspace(desk, hr).locator(".number-widget-box", has_text="Training Exceptions")
	expect(exceptions.locator(".number")).to_have_text("1")
	exceptions.locator(".number").click()
	expect(exceptions.page.locator(".dt-row", has_text="has no user to log in with")).to_have_count(1)
	page = open_workspace(desk, hr)
	rate = page.locator(".number-widget-box", has_text="Completed on Time").locator(".number")
	expect(rate).to_have_text(f"{get_on_time_rate()['value']:.1f}%")


def test_each_shortcut_counts_and_leads_to_what_it_says(desk, hr, debts):
	for label, filters in (("Open Assignments", debts.open), ("Overdue Assignments", debts.overdue)):
		page = open_workspace(desk, hr)
		shortcut = page.locator(".shortcut-widget-box", has_text=label)
		expect(shortcut.locator(".indicator-pill")).to_have_text(str(frappe.db.count(ASSIGNMENT, filters)))
		shortcut.click()
		expect_rows(page, filters)
	for report in ("Onboarding Training Status", "Team Training Status"):
		page = open_workspace(desk, hr)
		page.locator(".shortcut-widget-box", has_text=report).click()
		page.wait_for_url(f"**/query-report/{quote(report)}**")
		expect(page.locator(".page-title:visible")).to_contain_text(report)


def test_the_list_has_room_for_its_columns_and_shows_progress(desk, hr, debts):
	page = desk(LIST, hr)
	expect_rows(page, debts.open)
	wider = page.evaluate("(list => list.scrollWidth - list.clientWidth)(document.querySelector('.result'))")
	assert wider <= 0
	button = page.locator(".page-head:visible .primary-action").bounding_box()
	assert button["x"] + button["width"] <= DESK["width"]
	# Frappe 15 shows this column where there is more room.
	page = desk(LIST, hr, viewport={"width": 1440, "height": 860})
	expect(page.locator(".list-row-container:visible", has_text="Code of Conduct")).to_contain_text("80%")
	heads = page.locator(".list-row-head .list-row-col:not(.list-subject):visible")
	boxes = {box.inner_text(): box.bounding_box() for box in heads.all()}
	assert "Progress" in boxes
	assert len({(box["y"], box["height"]) for box in boxes.values()}) == 1, boxes


def test_a_phone_says_whose_training_is_how_late(desk, hr, debts):
	page = desk(LIST, hr, viewport=PHONE)
	row = page.locator(".list-row-container:visible", has_text="Ana Lima: Fire Safety")
	expect(row).to_contain_text("Overdue")
	if has_desktop():
		expect(row.locator(".mobile-layout")).to_have_text(["Deep Sea - _TC", "5 days late"])
	button = page.locator(".page-head:visible .primary-action").bounding_box()
	assert button["x"] + button["width"] <= PHONE["width"]


@desktop_only
def test_a_tile_leads_who_looks_after_training_to_the_workspace(desk, hr, people):
	page = desk("/desk", hr)
	tile = page.locator(f".desktop-icon[data-id='{TILE}']")
	expect(tile).to_have_count(1)
	picture = tile.locator("img")
	expect(picture).to_have_attribute(
		"src", "/assets/smooth_lms_hr/icons/desktop_icons/solid/training_compliance.svg"
	)
	assert picture.evaluate("img => img.decode().then(() => img.naturalWidth)") > 0
	expect(page.locator(".desktop-icon[data-id='Smooth LMS HR']")).to_have_count(0)
	tile.click()
	expect_workspace(page)
	expect(page.locator(".body-sidebar .item-anchor", has_text="Training KPIs")).to_be_visible()


@desktop_only
def test_learners_have_no_tile(desk, learner):
	page = desk("/desk", learner)
	expect(page.locator(".desktop-icon[data-id=Projects]")).to_be_visible()
	expect(page.locator(f".desktop-icon[data-id='{TILE}']")).to_have_count(0)


@desktop_only
def test_the_sidebar_leads_to_what_it_says(desk, hr, debts):
	page = open_workspace(desk, hr)
	sidebar = page.locator(".body-sidebar .item-anchor")
	for label, filters in (("Open", debts.open), ("Overdue", debts.overdue)):
		link = page.locator(f".body-sidebar .sidebar-item-container[data-id='{label}'] .item-anchor")
		assert link.locator("svg use").get_attribute("href").startswith("#icon-")
		with page.expect_popup() as opened:
			link.click()
		expect_rows(opened.value, filters)
		opened.value.close()
	for label, there in (
		("Training Assignments", "lms-training-assignment"),
		("Employee Onboarding", "employee-onboarding"),
		("LMS Course", "lms-course"),
		("Assignment Audit", "query-report/Assignment%20Audit"),
		("Home", "training-compliance"),
	):
		settle(page)
		sidebar.filter(has_text=label).click()
		page.wait_for_url(f"**/desk/{there}**")
		# The way back stays beside what other apps' records show.
		expect(sidebar.filter(has_text="Training KPIs")).to_be_visible()
	expect_workspace(page)


@pytest.mark.skipif(has_desktop(), reason="tiles have taken the place of this page")
def test_the_apps_screen_offers_the_app_to_who_looks_after_training(desk, hr, learner):
	page = desk("/apps", hr)
	page.locator("[app-name=smooth_lms_hr].app-logo").click()
	expect_workspace(page)
	page = desk("/apps", learner)
	expect(page.get_by_text("Frappe HR")).to_be_visible()
	expect(page.locator("[app-name=smooth_lms_hr]")).to_have_count(0)
