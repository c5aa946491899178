"""Handing in documents on /my-training, and verifying them in the desk."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import getdate
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.scratch import may_log_in
from tests.browser.test_desk import act, choose, pick
from tests.site import factory
from tests.site.filing import DOCUMENT, PDF, attached, file_document

pytestmark = pytest.mark.usefixtures("alone_on_the_site")
ADD = "**/api/method/smooth_lms_hr.api.add_my_document"
LATER = getdate() + timedelta(days=400)
SCAN = {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": PDF}


@pytest.fixture
def ana(committed):
	user = may_log_in(factory.user("Employee"))
	someone = factory.employee(user, first_name="Ana", last_name="Lima")
	committed()
	return frappe._dict(user=user, name=someone.name)


def section(page):
	return page.locator("[data-documents]")


def dialog(page):
	return section(page).get_by_role("dialog", name="Add a document")


@pytest.fixture
def waiting(ana, committed):
	"""Two documents that Ana has handed in."""
	names = [file_document(ana.name, by=ana.user, title=title).name for title in ("Class C", "Class D")]
	committed()
	return names


def test_by_the_keyboard_alone_somebody_hands_in_a_licence(ana, visit, committed, serious_violations):
	page = visit("/my-training", ana.user)
	section(page).get_by_role("button", name="Add a document").focus()
	page.keyboard.press("Enter")
	form = dialog(page)
	expect(form.get_by_label("What kind of document is it?")).to_be_focused()
	page.keyboard.type("Driving Licence")
	page.keyboard.press("Tab")
	page.keyboard.type("Class C")
	form.get_by_label("File").set_input_files(SCAN)
	form.get_by_label("Expires on").fill(str(LATER))
	assert serious_violations(page, ".training") == []
	form.get_by_role("button", name="Hand in").focus()
	with page.expect_navigation():
		page.keyboard.press("Enter")
	item = section(page).locator("li")
	for text in ("Class C", "To Be Verified", "Driving Licence", "Expires on"):
		expect(item).to_contain_text(text)
	expect(item).to_be_in_viewport()
	committed()
	(row,) = frappe.get_all(DOCUMENT, {"employee": ana.name}, ["title", "expires_on", "verified_on", "file"])
	assert (row.title, row.expires_on, row.verified_on) == ("Class C", LATER, None)
	address = item.get_by_role("link", name="Class C").get_attribute("href")
	assert address == row.file
	assert page.request.get(address).body() == PDF
	stranger = may_log_in(factory.user("Employee"))
	committed()
	assert visit("/my-training", stranger).request.get(address).status == 403


def test_what_is_missing_or_refused_is_said_and_may_be_sent_again(ana, visit):
	page = visit("/my-training", ana.user)
	section(page).get_by_role("button", name="Add a document").click()
	form = dialog(page)
	send, said = form.get_by_role("button", name="Hand in"), form.get_by_role("status")
	send.click()
	expect(form.get_by_label("What kind of document is it?")).to_be_focused()
	form.get_by_label("What kind of document is it?").fill("Licence")
	send.click()
	expect(form.get_by_label("File")).to_be_focused()
	disguised = {"name": "scan.png", "mimeType": "image/png", "buffer": b"<html></html>"}
	form.get_by_label("File").set_input_files(disguised)
	send.click()
	expect(said).to_contain_text("something else than its name says")
	form.get_by_label("File").set_input_files(SCAN)
	page.route(ADD, lambda route: route.fulfill(status=500, body="{}"))
	send.click()
	expect(said).to_have_text("Could not be sent. Please try again.")
	page.unroute(ADD)
	with page.expect_navigation():
		send.click()
	expect(section(page).locator("li")).to_contain_text("Licence")


def test_what_was_handed_in_by_mistake_is_taken_back(ana, waiting, visit):
	page = visit("/my-training", ana.user)
	with page.expect_navigation():
		section(page).get_by_role("button", name="Take back Class C").click()
	expect(section(page).locator("li")).to_have_count(1)


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_on_a_phone_everything_is_in_reach(
	ana, waiting, visit, hr, committed, serious_violations, color_scheme
):
	file_document(
		ana.name, by=hr, title="A very long title " * 7, expires_on=str(getdate() - timedelta(days=3))
	)
	committed()
	page = visit("/my-training", ana.user, viewport=PHONE, color_scheme=color_scheme)
	expect(section(page).locator(".pill", has_text="Expired")).to_be_visible()
	assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
	assert serious_violations(page, ".training") == []
	section(page).get_by_role("button", name="Add a document").click()
	expect(dialog(page).get_by_role("button", name="Hand in")).to_be_visible()
	assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
	assert serious_violations(page, ".training") == []


def test_hr_files_a_document_in_its_form(ana, desk, hr, committed):
	page = desk("/app/employee-document/new", hr)
	pick(page.locator("[data-fieldname=employee] input:visible"), page, "Ana Lima")
	page.locator("[data-fieldname=document_type] input:visible").fill("Driving Licence")
	page.locator("[data-fieldname=file] .btn-attach:visible").click()
	page.locator(".modal.show input[type=file]").set_input_files(SCAN)
	page.locator(".modal.show").get_by_role("button", name="Upload").click()
	expect(page.locator("[data-fieldname=file] .attached-file:visible")).to_be_visible()
	page.get_by_role("button", name="Save", exact=True).click()
	expect(page.locator(".indicator-pill:visible", has_text="Valid").first).to_be_visible()
	committed()
	(row,) = frappe.get_all(DOCUMENT, {"employee": ana.name}, ["name", "file", "verified_by"])
	assert row.verified_by == hr
	assert [file.file_url for file in attached(row.name)] == [row.file]
	assert page.request.get(row.file).body() == PDF
	expect(page.locator(".form-attachments:visible .attachment-row")).to_have_count(1)


def test_hr_verifies_on_the_form(waiting, desk, hr, committed):
	page = desk(f"/app/employee-document/{waiting[0]}", hr)
	expect(page.locator(".indicator-pill:visible", has_text="To Be Verified").first).to_be_visible()
	page.get_by_role("button", name="Verify", exact=True).click()
	expect(page.locator(".indicator-pill:visible", has_text="Valid").first).to_be_visible()
	expect(page.get_by_role("button", name="Verify", exact=True)).to_have_count(0)
	committed()
	assert frappe.db.get_value(DOCUMENT, waiting[0], "verified_by") == hr


def test_hr_verifies_several_in_the_list(waiting, desk, hr, committed):
	page = desk("/app/employee-document", hr)
	expect(page.locator(".list-row", has_text="To Be Verified")).to_have_count(2)
	choose(page, "Class C", "Class D")
	act(page, "Verify")
	expect(page.get_by_text("2 verified")).to_be_visible()
	# Within three seconds Frappe asks for the same list once.
	page.reload()
	expect(page.locator(".list-row", has_text="Valid")).to_have_count(2)
	committed()
	assert {frappe.db.get_value(DOCUMENT, name, "verified_by") for name in waiting} == {hr}


def test_an_auditor_reads_and_has_nothing_to_verify_with(waiting, desk, committed):
	auditor = may_log_in(factory.user("Training Auditor"))
	committed()
	page = desk(f"/app/employee-document/{waiting[0]}", auditor)
	expect(page.locator(".form-layout:visible")).to_contain_text("Driving Licence")
	expect(page.get_by_role("button", name="Verify", exact=True)).to_have_count(0)


def test_the_employees_form_leads_to_the_documents(ana, waiting, desk, hr):
	page = desk(f"/app/employee/{ana.name}", hr)
	page.get_by_role("tab", name="Connections").click()
	page.locator(".document-link[data-doctype='Employee Document']:visible .badge-link").click()
	page.wait_for_url("**/employee-document/**")
	expect(page.locator(".list-row", has_text="Class C")).to_be_visible()
