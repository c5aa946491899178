"""What who oversees others' training does by the keyboard alone: a manager, Learning and Development, HR."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import getdate
from playwright.sync_api import expect

from tests.browser.keyboard import Keyboard
from tests.browser.scratch import ASSIGNMENT, owes
from tests.browser.test_team import person
from tests.browser.test_training_admin import moderator
from tests.site import factory
from tests.site.asking import REQUEST

__all__ = ["moderator"]  # a fixture

pytestmark = [pytest.mark.pages, pytest.mark.usefixtures("alone_on_the_site")]
LATER = getdate() + timedelta(days=60)


@pytest.fixture
def team(committed):
	"""A manager who answers requests, and somebody of theirs who is late, has asked, and has time for a second course."""
	boss = person("Priya", "Raman")
	worker = person("Ana", "Lima", boss)
	late, course = owes(worker, "Fire Safety", -5, status="Overdue", progress=50)
	soon, _course = owes(worker, "First Aid", 30)
	request = factory.request(soon, wanted_date=str(LATER))
	frappe.db.set_single_value("LMS Training Settings", "managers_answer_extensions", 1)
	committed()
	yield frappe._dict(boss=boss.user_id, worker=worker, late=late, soon=soon, course=course, request=request)
	frappe.db.set_single_value("LMS Training Settings", "managers_answer_extensions", 0)
	committed()


def test_a_manager_answers_and_reminds(team, visit, committed):
	page = visit("/my-team-training", team.boss)
	keys = Keyboard(page)
	keys.enter(page.get_by_label("Answer to Ana Lima about First Aid"), "Take your time")
	keys.choose(page.get_by_role("button", name="Grant Ana Lima the request about First Aid"), "Space")
	said = page.locator("form.answer [role=status]")
	expect(said).to_contain_text("Due date moved")
	expect(said).to_be_focused()
	remind = page.get_by_role("button", name="Remind Ana Lima of Fire Safety")
	keys.choose(remind)
	expect(page.get_by_text("Ana Lima was reminded.")).to_be_visible()
	expect(remind).to_be_focused()
	committed()
	assert frappe.db.get_value(REQUEST, team.request, "status") == "Granted"
	assert frappe.db.get_value(ASSIGNMENT, team.late, "reminders_sent") == 1


def test_a_manager_looks_somebody_up_and_reminds_of_all_that_is_late(team, visit):
	page = visit("/my-team-training", team.boss)
	keys = Keyboard(page)
	keys.enter(page.get_by_role("searchbox", name="Person"), "lima")
	with page.expect_navigation():
		keys.press("Enter")
	expect(page.get_by_role("searchbox", name="Person")).to_have_value("lima")
	opener = page.get_by_role("button", name="Remind all overdue")
	dialog = page.get_by_role("dialog", name="Remind all overdue")
	keys.choose(opener)
	expect(dialog.get_by_role("listitem")).to_have_text(["Ana Lima: Fire Safety"])
	keys.stays_in(dialog)
	keys.press("Escape")
	expect(opener).to_be_focused()
	keys.press("Space")
	send = dialog.get_by_role("button", name="Send")
	expect(send).to_be_visible()
	keys.choose(send)
	expect(dialog.get_by_role("status")).to_have_text("1 reminded.")
	expect(dialog.get_by_role("status")).to_be_focused()
	keys.choose(dialog.get_by_role("button", name="Close"), "Space")
	expect(opener).to_be_focused()
	# From there to all that is on record of somebody.
	with page.expect_navigation():
		keys.choose(page.get_by_role("link", name="Ana Lima"))
	expect(page.get_by_role("heading", level=1)).to_have_text("Ana Lima")


def test_a_record_is_read_and_printed(team, visit):
	page = visit(f"/training-record?employee={team.worker.name}", team.boss)
	page.evaluate("window.print = () => document.title = 'printed'")
	keys = Keyboard(page)
	keys.choose(page.get_by_role("button", name="Print or save as PDF"), "Space")
	expect(page).to_have_title("printed")
	history = page.locator("summary").first
	keys.choose(history)
	expect(page.locator("details").first).not_to_have_attribute("open", "")
	expect(history).to_be_focused()
	with page.expect_navigation():
		keys.to(page.get_by_role("link", name="Team training"), "Shift+Tab")
		keys.press("Enter")


def test_due_dates_are_moved(team, moderator, visit, committed):
	page = visit("/training-admin", moderator)
	keys = Keyboard(page)
	keys.choose(page.get_by_role("checkbox", name="Select Ana Lima: Fire Safety"), "Space")
	# What can be done with it stands before the list.
	opener = page.get_by_role("group", name="With the selected").get_by_role("button", name="Extend")
	keys.to(opener, "Shift+Tab")
	dialog = page.get_by_role("dialog", name="Extend the due date")
	keys.press("Enter")
	keys.stays_in(dialog)
	keys.press("Escape")
	expect(opener).to_be_focused()
	keys.press("Space")
	expect(dialog.get_by_label("New due date")).to_be_focused()
	keys.type(f"{LATER:%m%d%Y}")
	keys.choose(dialog.get_by_role("button", name="Extend"))
	expect(dialog.get_by_role("status")).to_have_text("A reason is required.")
	expect(dialog.get_by_label("Reason")).to_be_focused()
	keys.type("At sea until spring")
	keys.choose(dialog.get_by_role("button", name="Extend"))
	expect(dialog.get_by_role("button", name="Close")).to_be_focused()
	with page.expect_navigation():
		keys.press("Enter")
	# The list is another one now; the keyboard is where it begins.
	expect(page.get_by_role("heading", name="Assignments")).to_be_focused()
	committed()
	assert factory.assignment(name=team.late).due_date == LATER


def test_training_is_assigned_from_the_first_tab_to_the_last(team, moderator, visit, committed):
	course = factory.course(factory.unique("Knots"), is_mandatory=0)
	title = frappe.db.get_value("LMS Course", course, "title")
	committed()
	page = visit("/training-admin", moderator)
	keys = Keyboard(page)
	opener = page.get_by_role("button", name="Assign training")
	dialog = page.get_by_role("dialog", name="Assign training")
	keys.looks_into(opener, dialog)
	keys.press("Enter")
	keys.enter(dialog.get_by_label("Find people"), "Raman")
	expect(dialog.get_by_role("button", name="Choose Priya Raman")).to_be_visible()
	keys.choose(dialog.get_by_role("button", name="Choose Priya Raman"), "Space")
	expect(dialog.get_by_label("Find people")).to_be_focused()
	keys.choose(dialog.get_by_role("checkbox", name=title), "Space")
	keys.to(dialog.get_by_role("radio", name="As each course says"))
	keys.press("ArrowDown", "ArrowDown")
	keys.enter(dialog.get_by_label("Days", exact=True), "21")
	keys.choose(dialog.get_by_role("button", name="Check"))
	expect(dialog.get_by_role("button", name="Assign 1")).to_be_focused()
	keys.press("Enter")
	expect(dialog.get_by_role("button", name="Close")).to_be_focused()
	with page.expect_navigation():
		keys.press("Space")
	expect(page.get_by_role("heading", name="Assignments")).to_be_focused()
	committed()
	assert factory.assignment(course=course).due_date == getdate() + timedelta(days=21)


def test_a_course_is_made_mandatory(team, moderator, visit, committed):
	page = visit("/training-admin", moderator)
	keys = Keyboard(page)
	with page.expect_navigation():
		keys.choose(page.get_by_role("link", name="Courses"))
	opener = page.get_by_role("button", name="Change Fire Safety")
	dialog = page.get_by_role("dialog", name="Mandatory training")
	keys.looks_into(opener, dialog)
	keys.press("Enter")
	expect(dialog.get_by_label("Is Mandatory")).to_be_focused()
	keys.press("Space")
	keys.to(dialog.get_by_label("Due Within"))
	keys.press("ControlOrMeta+a")
	keys.type("14")
	keys.choose(dialog.get_by_role("button", name="Save"))
	expect(dialog.get_by_role("button", name="Close")).to_be_focused()
	with page.expect_navigation():
		keys.press("Enter")
	expect(page.get_by_role("heading", name="Courses")).to_be_focused()
	committed()
	asked = frappe.db.get_value("LMS Course", team.course, ["is_mandatory", "training_due_days"])
	assert asked == (1, 14)
