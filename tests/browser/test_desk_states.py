"""HR's screens for those who do not use a mouse or see well, with nothing to show, and when something is broken."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.scratch import may_log_in
from tests.browser.test_desk import LIST, REPORTS, act, choose, dialog, hear, pick
from tests.site import factory

pytestmark = pytest.mark.usefixtures("alone_on_the_site")


def go(page, path):
	# To leave while something is still being asked for is an error of its own.
	page.wait_for_load_state("networkidle")
	page.goto(path)


def darken(page):
	page.evaluate("document.documentElement.setAttribute('data-theme', 'dark')")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_is_ours_in_the_desk_is_accessible(desk, hr, people, committed, serious_violations, theme):
	factory.course("Ladders")
	onboarding = factory.onboarding(employee=people.worker.name)
	factory.course("Heights")
	committed()
	page = desk("/api/method/ping", hr)
	screens = (
		(LIST, ".training-quick-filters"),
		(f"{LIST}/{people.late}", ".form-message"),
		(f"/app/employee-onboarding/{onboarding.name}", ".training-overview"),
		("/app/lms-training-settings", ".training-daily"),
	)
	for path, part in screens:
		go(page, path)
		expect(page.locator(part).first).to_be_visible()
		if theme == "dark":
			darken(page)
		assert serious_violations(page, part) == [], path
	go(page, LIST)
	page.get_by_role("button", name="Assign Training").click()
	asked = dialog(page, "Assign Training")
	# The dialog moves the focus to its first field once it has opened.
	expect(asked.locator("select[data-fieldname=who]")).to_be_focused()
	asked.locator("select[data-fieldname=who]").select_option(label="A part of the company")
	pick(asked.locator("input[data-fieldname=department]"), page, people.unit)
	asked.get_by_role("button", name="Check").click()
	expect(asked).to_contain_text("New assignments:")
	if theme == "dark":
		darken(page)
	assert serious_violations(page, ".modal.show .training-preview") == []


def test_with_nothing_to_show_every_screen_says_so(desk, hr):
	page = desk("/app/training-compliance", hr)
	numbers = page.locator(".number-widget-box .number")
	# Of training, and of compliance, documents and evidence.
	expect(numbers).to_have_text(["0", "0", "0", "–", "0", *5 * ["0"]])
	go(page, LIST)
	expect(page.locator(".no-result:visible").first).to_contain_text("LMS Training Assignment")
	for report in REPORTS:
		go(page, f"/app/query-report/{report}")
		expect(page.get_by_text("Nothing to show").first).to_be_visible()


def test_an_onboarding_says_that_its_training_could_not_be_loaded(desk, hr, people, committed):
	factory.course("Ladders")
	onboarding = factory.onboarding(employee=people.worker.name)
	committed()
	page = desk(LIST, hr)
	method = "**/api/method/smooth_lms_hr.api.get_onboarding_training*"
	page.route(method, lambda route: route.abort())
	go(page, f"/app/employee-onboarding/{onboarding.name}")
	overview = page.locator(".training-overview")
	expect(overview).to_contain_text("could not be loaded")
	page.unroute(method)
	overview.get_by_role("button", name="Refresh").click()
	expect(overview.locator("tbody tr")).to_have_count(1)


def test_a_moderator_with_a_desk_role_finds_the_list_and_the_reports(desk, people, committed):
	moderator = may_log_in(factory.user("Moderator", "Projects User"))
	committed()
	page = desk("/app/training-compliance", moderator)
	expect(page.locator(".number-widget-box", has_text="Overdue Trainings").locator(".number")).to_have_text(
		"1"
	)
	go(page, LIST)
	expect(page.get_by_role("button", name="Assign Training")).to_be_visible()
	go(page, f"/app/query-report/{REPORTS[1]}")
	expect(page.locator(".report-summary .summary-item").first).to_be_visible()


def test_a_campaign_in_the_background_tells_how_far_it_is(desk, hr, people, committed):
	factory.course("Ladders")
	committed()
	page = desk("/app/employee", hr)
	state = {"run": "r1", "total": 400, "done": 0, "finished": False, "stopped": False}
	# Here it would be over at once.
	page.route(
		"**/api/method/smooth_lms_hr.api.start_campaign", lambda route: route.fulfill(json={"message": state})
	)
	choose(page, "Omar Haddad")
	act(page, "Assign Training")
	asked = dialog(page, "Assign Training")
	asked.get_by_role("button", name="Check").click()
	asked.get_by_role("button", name="Assign 1").click()
	progress = dialog(page, "Assigning Training")
	expect(progress).to_contain_text("It goes on if you close this.")
	event = "smooth_lms_hr:campaign"
	hear(page, event, **state | {"run": "of another tab", "done": 7})
	hear(page, event, **state | {"done": 120})
	expect(progress).to_contain_text("120 of 400 people")
	counts = {"created": 380, "existing": 15, "failed": 5}
	hear(
		page, event, **state | {"done": 400, "finished": True, "counts": counts, "file_url": "/private/r.csv"}
	)
	expect(progress).to_have_count(0)
	for text in ("380 assigned", "15 were there already", "5 failed"):
		expect(dialog(page, "Training Assigned")).to_contain_text(text)
	expect(page.locator(".list-row-checkbox:checked")).to_have_count(0)
	assert page.evaluate("event => frappe.realtime.socket.listeners(event).length", event) == 0


def test_the_dialog_fits_a_phone(desk, hr, people):
	page = desk(LIST, hr, viewport=PHONE)
	page.locator(".menu-btn-group:visible, .page-actions .btn:visible").first.wait_for()
	page.evaluate("() => void smooth_lms_hr.training.assign({}, () => {})")
	asked = dialog(page, "Assign Training")
	expect(asked.locator("select[data-fieldname=who]")).to_be_visible()
	box = asked.locator(".modal-content").bounding_box()
	assert box["x"] >= 0
	assert box["x"] + box["width"] <= PHONE["width"]
