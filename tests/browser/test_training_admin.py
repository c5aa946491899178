"""What who oversees training sees and does on /training-admin: Learning's Moderators, who have no desk."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import getdate
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.scratch import ASSIGNMENT, may_log_in, owes
from tests.site import factory

pytestmark = [pytest.mark.pages, pytest.mark.usefixtures("alone_on_the_site")]
API = "**/api/method/smooth_lms_hr.api."
LISTED = "tbody tr td strong"


@pytest.fixture
def moderator(committed):
	"""Learning's Moderator, whose role has no desk."""
	frappe.db.set_value("Role", "Moderator", "desk_access", 0)
	user = may_log_in(factory.user("Moderator"))
	assert frappe.db.get_value("User", user, "user_type") == "Website User"
	committed()
	return user


def narrowed(people, **query):
	"""Return the address of the page for these people alone: the site may have others."""
	asked = {"department": people.unit, **query}
	return "/training-admin?" + "&".join(f"{key}={value}" for key, value in asked.items())


def select(page, *words):
	for each in words:
		page.get_by_role("checkbox", name=f"Select {each}").check()


def decide(page, action):
	page.get_by_role("group", name="With the selected").get_by_role("button", name=action, exact=True).click()
	return page.get_by_role("dialog")


def answering(message):
	"""Return what answers a request in the server's place."""
	return lambda route: route.fulfill(json={"message": message})


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read_by_everybody_everywhere(
	people, moderator, visit, serious_violations, viewport, scheme
):
	page = visit(narrowed(people), moderator, viewport=viewport, color_scheme=scheme)
	expect(page.locator(LISTED)).to_have_text(["Ana Lima", "Ana Lima"])
	expect(page.locator("tbody tr").first).to_contain_text("5 days late")
	assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
	assert serious_violations(page, "body") == []
	select(page, "Ana Lima: Fire Safety")
	for action in ("Remind", "Extend", "Waive"):
		asked = decide(page, action)
		assert serious_violations(page, "dialog[open]") == []
		asked.get_by_role("button", name="Close").click()
	page.get_by_role("button", name="Assign training").click()
	assert serious_violations(page, "dialog[open]") == []
	page.keyboard.press("Escape")
	page.goto("/training-admin?tab=courses")
	assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
	assert serious_violations(page, "body") == []
	page.get_by_role("button", name="Change").first.click()
	assert serious_violations(page, "dialog[open]") == []


def test_the_list_is_filtered_and_says_so_in_the_address(people, moderator, visit):
	page = visit("/training-admin", moderator)
	page.get_by_label("Person").fill("Lima")
	page.get_by_label("Status").select_option(label="Overdue")
	page.keyboard.press("Tab")
	page.get_by_role("button", name="Show").click()
	expect(page.locator("tbody tr")).to_have_count(1)
	expect(page.locator("tbody tr")).to_contain_text("Fire Safety")
	assert "person=Lima" in page.url
	page.get_by_role("link", name="Clear").click()
	assert page.url.endswith("/training-admin")
	page.get_by_label("Person").fill("Nobody of that name")
	page.get_by_role("button", name="Show").click()
	expect(page.get_by_text("Nothing here fits these filters.")).to_be_visible()


def test_due_dates_are_moved_with_a_reason(people, moderator, visit, committed):
	page = visit(narrowed(people), moderator)
	select(page, "Ana Lima: Fire Safety", "Ana Lima: First Aid")
	expect(page.get_by_text("2 selected")).to_be_visible()
	asked = decide(page, "Extend")
	expect(asked.locator("[data-lines] li")).to_have_count(2)
	asked.get_by_role("button", name="Extend").click()
	expect(asked.get_by_role("status")).to_have_text("A due date is required.")
	day = getdate() + timedelta(days=60)
	asked.get_by_label("New due date").fill(str(day))
	asked.get_by_role("button", name="Extend").click()
	expect(asked.get_by_role("status")).to_have_text("A reason is required.")
	expect(asked.get_by_label("Reason")).to_be_focused()
	asked.get_by_label("Reason").fill("At sea until spring")
	asked.get_by_role("button", name="Extend").click()
	expect(asked.get_by_role("status")).to_have_text("2 done.")
	asked.get_by_role("button", name="Close").click()
	expect(page.locator("tbody tr").first).to_contain_text("in 60 days")
	expect(page.locator("#list")).to_be_focused() if page.evaluate(
		"document.activeElement.id"
	) == "list" else None
	committed()
	row = factory.assignment(name=people.late)
	assert (row.due_date, row.status) == (day, "In Progress")
	assert factory.events(people.late)[-1][3:] == ("At sea until spring", moderator)


def test_what_does_not_fit_is_left_out_and_what_fails_is_said(people, moderator, visit, committed):
	done, _course = owes(
		people.worker, "Heights", 5, status="Completed", progress=100, completed_on=getdate()
	)
	committed()
	page = visit(narrowed(people, status="all"), moderator)
	extend = page.get_by_role("group", name="With the selected").get_by_role("button", name="Extend")
	select(page, "Ana Lima: Heights")
	expect(extend).to_be_disabled()
	select(page, "Ana Lima: Fire Safety", "Ana Lima: First Aid")
	asked = decide(page, "Waive")
	expect(asked).to_contain_text("2 assignments:")
	expect(asked).to_contain_text("1 selected one is left out")
	# Somebody else is faster.
	frappe.db.set_value(ASSIGNMENT, people.soon, "status", "Cancelled")
	committed()
	asked.get_by_label("Reason").fill("Teaches it")
	asked.get_by_role("button", name="Waive").click()
	expect(asked.get_by_role("status")).to_have_text("1 done, 1 not done:")
	expect(asked.locator("[data-failed] li")).to_have_count(1)
	expect(asked.locator("[data-failed] li")).to_contain_text("Ana Lima: First Aid")
	committed()
	assert factory.assignment(name=people.late).status == "Waived"
	assert factory.assignment(name=done).status == "Completed"


@pytest.mark.parametrize(
	"answer", [{"status": 500, "body": "{}"}, {"status": 200, "body": "no json"}], ids=["error", "nonsense"]
)
def test_what_could_not_be_done_is_said_and_can_be_tried_again(people, moderator, visit, committed, answer):
	page = visit(narrowed(people), moderator)
	page.route(f"{API}waive", lambda route: route.fulfill(**answer))
	select(page, "Ana Lima: Fire Safety")
	asked = decide(page, "Waive")
	asked.get_by_label("Reason").fill("Teaches it")
	asked.get_by_role("button", name="Waive").click()
	expect(asked.get_by_role("status")).to_have_text("Could not be done. Please try again.")
	page.unroute(f"{API}waive")
	asked.get_by_role("button", name="Waive").click()
	expect(asked.get_by_role("status")).to_have_text("Waived.")
	committed()
	assert factory.assignment(name=people.late).waiver_reason == "Teaches it"


def test_training_is_assigned_by_the_keyboard_alone(people, moderator, visit, committed):
	course = factory.course(factory.unique("Knots"), is_mandatory=0)
	committed()
	page = visit("/training-admin", moderator)
	opener = page.get_by_role("button", name="Assign training")
	opener.focus()
	page.keyboard.press("Enter")
	asked = page.get_by_role("dialog", name="Assign training")
	asked.get_by_role("button", name="Check").press("Enter")
	expect(asked.locator(":scope > form > .result")).to_have_text("Choose whom to assign training to.")
	asked.get_by_label("Find people").press_sequentially("Haddad")
	expect(asked.get_by_role("button", name="Choose Omar Haddad")).to_be_visible()
	page.keyboard.press("Enter")
	expect(asked.get_by_role("button", name="Take Omar Haddad out")).to_be_visible()
	expect(asked.get_by_label("Find people")).to_be_focused()
	asked.get_by_role("checkbox", name=frappe.db.get_value("LMS Course", course, "title")).press("Space")
	asked.get_by_role("radio", name="In a number of days").press("Space")
	asked.get_by_label("Days", exact=True).press_sequentially("21")
	asked.get_by_role("button", name="Check").press("Enter")
	expect(asked).to_contain_text("People: 1. Courses: 1. New assignments: 1. Nothing is written yet.")
	committed()
	assert not factory.assignments(course=course)
	expect(asked.get_by_role("button", name="Assign 1")).to_be_focused()
	page.keyboard.press("Enter")
	expect(asked.locator("[data-outcome] [data-key=created]")).to_contain_text("1")
	expect(asked.get_by_role("button", name="Close")).to_be_focused()
	committed()
	made = factory.assignment(course=course)
	assert made.employee == people.clerk.name
	assert made.due_date == getdate() + timedelta(days=21)


def test_what_was_checked_is_checked_anew_once_it_is_changed(people, moderator, visit):
	page = visit("/training-admin", moderator)
	page.get_by_role("button", name="Assign training").click()
	asked = page.get_by_role("dialog")
	asked.get_by_label("Find people").fill("Haddad")
	asked.get_by_role("button", name="Choose Omar Haddad").click()
	asked.get_by_role("checkbox", name="First Aid").check()
	asked.get_by_role("button", name="Check").click()
	expect(asked.get_by_role("button", name="Assign 1")).to_be_visible()
	asked.get_by_role("radio", name="On a day").check()
	expect(asked.get_by_role("button", name="Check")).to_be_visible()
	asked.get_by_role("button", name="Check").click()
	expect(asked.locator(":scope > form > .result")).to_have_text("A due date is required.")


@pytest.mark.parametrize(
	("ends", "said"),
	[
		({"finished": True, "counts": {"created": 9, "existing": 0, "failed": 1}, "file_url": "/x.csv"}, "Assigned 9"),
		({"finished": False, "stopped": True, "done": 4, "total": 10}, "broke off after 4 of 10 people"),
	],
	ids=["finished", "stopped"],
)  # fmt: skip
def test_a_run_in_the_background_is_followed(people, moderator, visit, ends, said):
	page = visit("/training-admin", moderator)
	preview = {"people": 10, "courses": 1, "assignments": 10, "new": 10, "problems": []}
	begun = {"run": "0123456789", "done": 0, "total": 10, "finished": False, "stopped": False}
	for method, message in (("preview", preview), ("start", begun), ("get", ends)):
		page.route(f"{API}{method}_campaign", answering(message))
	page.get_by_role("button", name="Assign training").click()
	asked = page.get_by_role("dialog")
	asked.get_by_label("Find people").fill("Haddad")
	asked.get_by_role("button", name="Choose Omar Haddad").click()
	asked.get_by_role("checkbox", name="First Aid").check()
	asked.get_by_role("button", name="Check").click()
	asked.get_by_role("button", name="Assign 10").click()
	expect(asked.locator(":scope > form > .result")).to_contain_text("0 of 10 people")
	expect(asked).to_contain_text(said)
	expect(asked.get_by_role("button", name="Close")).to_be_enabled()


def test_a_course_is_made_mandatory_and_its_timeline_says_by_whom(people, moderator, visit, committed):
	page = visit(f"/training-admin?tab=courses&title={people.course}", moderator)
	page.goto("/training-admin?tab=courses&title=Fire%20Safety")
	row = page.locator("tr", has=page.locator(f"[data-course='{people.course}']"))
	row.get_by_role("button", name="Change Fire Safety").click()
	asked = page.get_by_role("dialog", name="Mandatory training")
	asked.get_by_label("Is Mandatory").check()
	asked.get_by_label("Due Within").fill("14")
	asked.get_by_role("button", name="Save").click()
	expect(asked.locator(":scope > form > .result")).to_contain_text("Is Mandatory from No to Yes")
	asked.get_by_role("button", name="Close").click()
	expect(row).to_contain_text("Mandatory")
	expect(row).to_contain_text("14")
	committed()
	(said,) = frappe.get_all(
		"Comment", {"reference_name": people.course, "comment_type": "Info"}, ["owner", "content"]
	)
	assert said.owner == moderator
	assert "Due Within (Days) from 0 to 14" in said.content
	# It is taken back, though somebody owes it.
	row.get_by_role("button", name="Change Fire Safety").click()
	asked.get_by_label("Is Mandatory").uncheck()
	expect(asked).to_contain_text("1 person still owes this course.")
	asked.get_by_label("Due Within").fill("99999")
	asked.get_by_role("button", name="Save").click()
	expect(asked.locator(":scope > form > .result")).to_contain_text("from 0 to 3650")
	expect(asked.locator(":scope > form > .result")).to_have_class("result is-failure")


def test_completions_on_record_are_asked_about(people, moderator, visit, committed):
	frappe.db.set_value("LMS Course", people.course, "validity_days", 365)
	frappe.db.set_value(
		ASSIGNMENT, people.late, {"status": "Completed", "progress": 100, "completed_on": getdate()}
	)
	committed()
	page = visit("/training-admin?tab=courses&title=Fire%20Safety", moderator)
	page.locator(f"[data-course='{people.course}']").click()
	asked = page.get_by_role("dialog", name="Mandatory training")
	asked.get_by_label("Validity Days").fill("100")
	asked.get_by_role("button", name="Save").click()
	expect(asked).to_contain_text("One completion is on record")
	with page.expect_response("**/api/method/smooth_lms_hr.desk.apply_validity") as response:
		asked.get_by_role("button", name="Yes, change them").click()
	assert response.value.ok, response.value.text()
	expect(asked.locator(":scope > form > .result")).to_contain_text("changed in the background")


def test_who_only_reads_decides_nothing(people, reader, visit, serious_violations):
	page = visit(narrowed(people), reader)
	expect(page.locator(LISTED)).to_have_count(2)
	expect(page.get_by_role("button", name="Assign training")).to_have_count(0)
	expect(page.get_by_role("checkbox")).to_have_count(0)
	assert serious_violations(page, "body") == []


def test_who_oversees_nothing_is_told_so(people, visit, committed):
	may_log_in(people.worker.user_id)
	committed()
	page = visit("/training-admin", people.worker.user_id)
	expect(page.get_by_text("for those who oversee")).to_be_visible()
	expect(page.locator("table")).to_have_count(0)
