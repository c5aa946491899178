"""The record to take along, where it is asked for: lists and forms in the desk, and the learner's own page."""

import io
import zipfile

import pytest
from playwright.sync_api import Page, expect

from smooth_lms_hr.setup.roles import AUDITOR
from tests.browser.conftest import PHONE
from tests.browser.scratch import may_log_in
from tests.browser.test_learner import ana  # noqa: F401 (a fixture)
from tests.site import factory
from tests.site.binders import Binder

EVIDENCE_LIST, SEALS, EMPLOYEE = "/app/lms-training-evidence", "/app/lms-training-seal", "/app/employee"
BUTTON = "Export Evidence"

pytestmark = pytest.mark.usefixtures("alone_on_the_site")


@pytest.fixture
def auditor(committed):
	user = may_log_in(factory.user(AUDITOR.name))
	committed()
	return user


def saved(download) -> Binder:
	with open(download.path(), "rb") as file:
		content = file.read()
	assert zipfile.is_zipfile(io.BytesIO(content))
	return Binder(content)


def ask(page: Page):
	page.get_by_role("button", name=BUTTON, exact=True).click()
	dialog = page.locator(".modal.show")
	expect(dialog).to_contain_text("how to check all of it")
	return dialog


def export(page: Page, dialog) -> Binder:
	with page.expect_download() as download:
		dialog.get_by_role("button", name="Export", exact=True).click()
	expect(dialog).to_be_hidden()
	assert download.value.suggested_filename.startswith("training-record-")
	return saved(download.value)


@pytest.mark.parametrize("path", [EVIDENCE_LIST, SEALS])
def test_an_auditor_exports_a_company_from_a_list(desk, auditor, people, path):
	page = desk(path, auditor)
	dialog = ask(page)
	company = dialog.locator("[data-fieldname=company] input")
	company.fill(people.worker.company)
	company.blur()
	binder = export(page, dialog)
	assert {people.worker.name, people.clerk.name} <= binder.people()


def test_hr_exports_one_person_from_their_form(desk, hr, people):
	page = desk(f"{EMPLOYEE}/{people.worker.name}", hr)
	binder = export(page, ask(page))
	assert binder.people() == {people.worker.name}
	assert {row["Title"] for row in binder.index()} == {"Fire Safety", "First Aid"}


def test_what_the_server_refuses_is_said_and_the_dialog_stays(desk, auditor, people):
	page = desk(EVIDENCE_LIST, auditor)
	dialog = ask(page)
	for field, day in (("from_date", "2027-01-02"), ("to_date", "2027-01-01")):
		dialog.locator(f"[data-fieldname={field}] input").fill(day)
		dialog.locator(f"[data-fieldname={field}] input").blur()
	dialog.get_by_role("button", name="Export", exact=True).click()
	expect(page.locator(".modal.show", has_text="The first day is after the last one.")).to_be_visible()


@pytest.mark.parametrize("phone", [False, True])
def test_a_learner_takes_their_own_record_along(ana, visit, serious_violations, phone):  # noqa: F811
	page = visit("/my-training", ana.user_id, **({"viewport": PHONE} if phone else {}))
	link = page.get_by_role("link", name="Download my training record")
	with page.expect_download() as download:
		link.click()
	binder = saved(download.value)
	assert binder.people() == {ana.name}
	assert len(binder.index()) == 5
	assert serious_violations(page, ".training-head") == []
