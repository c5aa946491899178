"""What a learner does by the keyboard alone, on their page and in the guide."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import getdate
from playwright.sync_api import expect

from tests.browser.keyboard import Keyboard
from tests.browser.scratch import ASSIGNMENT, PASSWORD, may_log_in, owes
from tests.browser.test_signing import state_statement
from tests.site import factory
from tests.site.asking import REQUEST
from tests.site.filing import DOCUMENT, PDF, file_document

pytestmark = [pytest.mark.pages, pytest.mark.usefixtures("alone_on_the_site")]
LATER = getdate() + timedelta(days=60)
SCAN = {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": PDF}


@pytest.fixture
def ana(committed):
	"""Somebody who owes two courses, has learned a third but for its statement, and has handed in a document."""
	user = may_log_in(factory.user("Employee"))
	someone = factory.employee(user, first_name="Ana", last_name="Lima")
	name, _course = owes(someone, "Fire Safety", 10)
	owes(someone, "First Aid", 20)
	to_sign, course = owes(someone, "Code of Conduct", 30)
	state_statement(course)
	factory.complete_lessons(user, course)
	file_document(someone.name, by=user, title="Class C")
	committed()
	return frappe._dict(user=user, name=someone.name, owed=name, to_sign=to_sign)


@pytest.fixture
def walk(ana, visit):
	page = visit("/my-training", ana.user)
	return page, Keyboard(page)


def test_what_is_the_same_on_every_page_is_skipped(walk):
	page, keys = walk
	keys.choose(page.get_by_role("link", name="Skip to the content"))
	keys.press("Tab")
	expect(page.get_by_role("link", name="Add to calendar")).to_be_focused()


def test_somebody_asks_and_withdraws(ana, walk, committed):
	page, keys = walk
	card = page.locator("li.item", has_text="Fire Safety")
	keys.choose(card.get_by_label("Ask about Fire Safety"))
	keys.to(card.get_by_label("What do you ask for?"))
	keys.press("ArrowDown", "ArrowUp")
	keys.enter(card.get_by_label("New due date"), f"{LATER:%m%d%Y}")
	keys.enter(card.get_by_label("Why?"), "A project abroad")
	keys.hand_in(card.get_by_label("Proof (a file"), SCAN)
	with page.expect_navigation():
		keys.choose(card.get_by_role("button", name="Send"))
	# Where it was asked is where the keyboard goes on.
	expect(card.locator(".request")).to_contain_text("A project abroad")
	expect(card.locator("[data-request-block]")).to_be_focused()
	committed()
	assert frappe.db.get_value(REQUEST, {"assignment": ana.owed}, "wanted_date") == LATER
	withdraw = card.get_by_role("button", name="Withdraw: Extension, Fire Safety")
	keys.press("Tab", "Tab")
	expect(withdraw).to_be_focused()
	with page.expect_navigation():
		keys.press("Space")
	expect(card.locator(".request")).to_contain_text("Withdrawn")
	expect(card.locator("[data-request-block]")).to_be_focused()


def test_a_statement_is_signed_and_the_dialog_gives_the_keyboard_back(ana, walk, committed):
	page, keys = walk
	opener = page.get_by_role("button", name="Read and sign the statement of Code of Conduct")
	dialog = page.get_by_role("dialog", name="Statement: Code of Conduct")
	keys.looks_into(opener, dialog)
	keys.press("Space")
	keys.choose(dialog.get_by_role("button", name="Not now"), "Space")
	expect(opener).to_be_focused()
	keys.press("Enter")
	keys.enter(dialog.get_by_label("Your name, as your signature"), "Ana Lima")
	keys.enter(dialog.get_by_label("Your password"), PASSWORD)
	with page.expect_navigation():
		keys.choose(dialog.get_by_role("button", name="Sign", exact=True))
	expect(page.get_by_role("heading", name="Done", exact=True)).to_be_focused()
	committed()
	assert frappe.db.get_value(ASSIGNMENT, ana.to_sign, "status") == "Completed"


def test_a_document_is_handed_in_and_taken_back(ana, walk, committed):
	page, keys = walk
	opener = page.get_by_role("button", name="Add a document")
	dialog = page.get_by_role("dialog", name="Add a document")
	keys.looks_into(opener, dialog)
	keys.press("Enter")
	expect(dialog.get_by_label("What kind of document is it?")).to_be_focused()
	keys.type("Proof of a course")
	keys.enter(dialog.get_by_label("Title"), "Class D")
	keys.hand_in(dialog.get_by_label("File"), SCAN)
	keys.enter(dialog.get_by_label("Expires on"), f"{LATER:%m%d%Y}")
	with page.expect_navigation():
		keys.choose(dialog.get_by_role("button", name="Hand in"))
	title = page.get_by_role("heading", name="My Documents")
	expect(title).to_be_focused()
	committed()
	assert frappe.db.get_value(DOCUMENT, {"employee": ana.name, "title": "Class D"}, "expires_on") == LATER
	with page.expect_navigation():
		keys.choose(page.get_by_role("button", name="Take back Class C"))
	expect(title).to_contain_text("1")
	expect(title).to_be_focused()


def test_why_is_opened_and_the_tabs_are_reached(walk):
	page, keys = walk
	why = page.locator(".item .why summary").first
	keys.choose(why, "Space")
	expect(page.locator(".why[open]")).to_have_count(1)
	expect(why).to_be_focused()
	tab = page.get_by_role("link", name="Done")
	keys.to(tab, "Shift+Tab")
	keys.press("Enter")
	page.wait_for_url("**/my-training?tab=done")
	with page.expect_navigation():
		keys.choose(page.get_by_role("button", name="Log out"))
	# Whoever comes back is asked to log in: here by the site's own door, on a bench by Frappe's.
	page.goto("/my-training")
	expect(page.get_by_role("heading", name="My training")).to_have_count(0)
	assert not page.url.endswith("/my-training")


def test_the_guide_is_turned_over_page_by_page(ana, visit):
	page = visit("/training-help", ana.user)
	keys = Keyboard(page)
	guides = page.locator(".guides a")
	keys.to(guides.nth(1))
	label = guides.nth(1).inner_text()
	keys.press("Enter")
	expect(page.locator(".guides [aria-current]")).to_have_text(label)
	keys.to(guides.first)
	keys.press("Enter")
	expect(page.locator(".guides [aria-current]")).not_to_have_text(label)
