"""The page of one person, on the throw-away site after the story of its people."""

import frappe
import pytest
from playwright.sync_api import expect

from embedded import people
from tests.browser.test_throw_away_site import choose, look, story  # noqa: F401

pytestmark = pytest.mark.pages


@pytest.fixture
def record():
	return f"/training-record?employee={frappe.db.get_value('Employee', {'user_id': people.ANA})}"


def test_a_record_is_printed_by_its_button_and_without_it(look, record):  # noqa: F811
	page = look("/")
	choose(page, "Helen Ross")
	page.wait_for_url("**/my-team-training")
	page.goto(record)
	expect(page.get_by_text("What was owed")).to_be_visible()
	page.evaluate("window.print = () => document.title = 'printed'")
	page.get_by_role("button", name="Print or save as PDF").click()
	expect(page).to_have_title("printed")
	page.emulate_media(media="print")
	expect(page.get_by_role("button", name="Print or save as PDF")).to_be_hidden()
	expect(page.get_by_text("What was owed")).to_be_visible()
