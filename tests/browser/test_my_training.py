"""What a learner sees and does on /my-training."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import getdate
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.scratch import ASSIGNMENT, PASSWORD, may_log_in, owes
from tests.browser.test_learner import ana, learner
from tests.site import factory

__all__ = ["ana"]  # a fixture


@pytest.mark.pages
@pytest.mark.parametrize("viewport", [None, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_tells_what_why_and_until_when(ana, visit, serious_violations, viewport, scheme):
	options = {"viewport": viewport} if viewport else {}
	page = visit("/my-training", ana.user_id, color_scheme=scheme, **options)
	expect(page.get_by_role("heading", level=1)).to_have_text("My training")
	expect(page.get_by_text("3 open, 1 late")).to_be_visible()
	first = page.locator(".item").first
	expect(first).to_contain_text("5 days late")
	first.locator(".why summary").click()
	expect(first.get_by_text("30 days after assignment")).to_be_visible()
	expect(first.get_by_text("by Administrator on")).to_be_visible()
	for tab, titles in (
		("Open 3", ["Fire Safety", "Information Security", "Data Protection"]),
		("Done 1", ["Code of Conduct"]),
		("Waived 1", ["First Aid"]),
	):
		link = page.get_by_role("navigation", name="My training").get_by_role("link", name=tab)
		link.click()
		expect(link).to_have_attribute("aria-current", "page")
		region = page.get_by_role("region", name=tab.split()[0], exact=True)
		expect(region.get_by_role("heading", level=3)).to_have_text(titles)
		assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
		assert serious_violations(page, "body") == []
	expect(region).to_contain_text("Teaches it")


@pytest.mark.pages
def test_one_button_leads_on_from_each_card(ana, visit):
	page = visit("/my-training", ana.user_id)
	items = page.locator(".item")
	buttons = items.locator("a.button")
	expect(buttons).to_have_text(["Continue", "Continue", "Start"])
	expect(items.nth(2).get_by_role("link")).to_have_count(1)
	page.get_by_role("link", name="Continue Fire Safety").click()
	page.wait_for_url("**/lms/courses/fire-safety-*")


@pytest.mark.pages
def test_without_scripts_the_page_shows_everything(ana, visit):
	page = visit("/my-training", ana.user_id, java_script_enabled=False)
	expect(page.locator(".item")).to_have_count(3)
	expect(page.get_by_label("Ask about Fire Safety")).to_be_hidden()
	page.locator(".why summary").first.click()
	expect(page.get_by_text("by Administrator on").first).to_be_visible()
	page.get_by_role("link", name="Done 1").click()
	expect(page.get_by_role("heading", level=3)).to_have_text(["Code of Conduct"])


@pytest.mark.pages
def test_by_the_keyboard_alone_from_tab_to_tab_and_on(ana, visit):
	page = visit("/my-training", ana.user_id)
	page.get_by_role("link", name="Open 3").focus()
	page.keyboard.press("Tab")
	expect(page.get_by_role("link", name="Done 1")).to_be_focused()
	page.keyboard.press("Shift+Tab")
	page.keyboard.press("Tab")
	page.keyboard.press("Tab")
	# Waived, then the first card: why, on, ask.
	for label in (".why summary", "a.button", ".ask summary"):
		page.keyboard.press("Tab")
		expect(page.locator(".item").first.locator(label)).to_be_focused()
	page.get_by_role("link", name="Done 1").focus()
	page.keyboard.press("Enter")
	page.wait_for_url("**/my-training?tab=done")


LINES = """selector => [...document.querySelectorAll(selector)].map(element => {
	const range = document.createRange();
	range.selectNodeContents(element);
	const lines = new Set([...range.getClientRects()].filter(({ width }) => width).map(({ bottom }) => Math.round(bottom / 8)));
	return [element.textContent.trim(), lines.size];
})"""


@pytest.mark.pages
def test_on_a_phone_no_fact_takes_three_lines(ana, visit, committed):
	reason = (
		"Onboarding HR-EMP-ONB-2026-00012 of Ana Lima, and the rule Everybody in Research and Development"
	)
	frappe.db.set_value(ASSIGNMENT, {"member": ana.user_id}, {"reason": reason, "source": "Renewal"})
	committed()
	page = visit("/my-training", ana.user_id, viewport=PHONE)
	for tab in ("", "?tab=done", "?tab=waived"):
		page.goto(f"/my-training{tab}")
		facts = page.evaluate(LINES, ".item .due > *, .item .pill, .item .tag, .item .why summary")
		assert facts
		assert [fact for fact in facts if fact[1] > 2] == []
		assert {lines for text, lines in facts if text == reason} == {1}
		assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.pages
def test_it_is_dark_where_learning_is_and_not_where_the_system_is(ana, visit, serious_violations):
	page = visit("/my-training", ana.user_id)
	surface = "getComputedStyle(document.body).backgroundColor"
	light = page.evaluate(surface)
	page.emulate_media(color_scheme="dark")
	page.reload()
	assert page.evaluate(surface) == light
	page.evaluate("localStorage.setItem('theme', 'dark')")
	page.emulate_media(color_scheme="light")
	page.reload()
	assert page.evaluate(surface) != light
	assert serious_violations(page, "body") == []


@pytest.mark.pages
def test_the_page_is_light_and_asks_once(visit, committed):
	someone = learner()
	for number in range(10):
		owes(someone, f"Course {number}", number, lessons=0)
		owes(someone, f"Learned {number}", lessons=0, status="Completed", completed_on=getdate())
	committed()
	page = visit("/api/method/ping", someone.user_id)
	answers = []
	page.on("response", lambda answer: answers.append((answer.request.resource_type, len(answer.body()))))
	page.goto("/my-training")
	page.wait_for_load_state("networkidle")
	assert [kind for kind, _size in answers if kind in ("document", "xhr", "fetch")] == ["document"]
	assert sum(size for _kind, size in answers) < 100_000


@pytest.mark.pages
def test_a_new_hires_own_tasks_stand_beside_the_training(ana, visit, committed, serious_violations):
	mine = {"user": ana.user_id, "begin_on": 1, "duration": 2}
	factory.onboarding(
		employee=ana.name,
		activities=[
			{"activity_name": "Sign the contract", "description": "<p>Bring a pen</p>", **mine},
			{"activity_name": "Set up the laptop", "role": "System Manager"},
		],
	).submit()
	committed()
	page = visit("/my-training", ana.user_id, viewport=PHONE)
	tasks = page.get_by_role("region", name="My onboarding")
	expect(tasks.get_by_role("heading", level=3)).to_have_text(["Sign the contract"])
	for text in ("Pending", "Bring a pen", "Due"):
		expect(tasks).to_contain_text(text)
	assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
	assert serious_violations(page, "body") == []


def test_guests_log_in_and_come_back(ana, visit):
	page = visit("/my-training")
	page.wait_for_url("**/login?redirect-to=**")
	page.get_by_placeholder("jane@example.com").fill(ana.user_id)
	page.locator("#login_password").fill(PASSWORD)
	page.locator(".btn-login").click()
	page.wait_for_url("**/my-training")
	expect(page.get_by_role("heading", level=1)).to_have_text("My training")


@pytest.mark.pages
@pytest.mark.parametrize("seen_before", ["/my-training", "/lms"])
def test_who_logs_out_on_the_page_is_logged_out(ana, visit, seen_before):
	# Learning's page gives the session a token, which is asked for from then on.
	page = visit(seen_before, ana.user_id)
	page.goto("/my-training")
	page.get_by_role("button", name="Log out").click()
	page.wait_for_load_state()
	assert page.request.get("/api/method/frappe.auth.get_logged_user").status in (401, 403)


@pytest.mark.pages
def test_the_due_dates_go_into_a_calendar(ana, visit):
	page = visit("/my-training", ana.user_id)
	with page.expect_download() as download:
		page.get_by_role("link", name="Add to calendar").click()
	assert download.value.suggested_filename == "my-training.ics"
	with open(download.value.path(), newline="") as file:
		text = file.read()
	assert text.startswith("BEGIN:VCALENDAR\r\n")
	assert text.count("BEGIN:VEVENT") == 3
	late = getdate() - timedelta(days=5)
	assert f"DTSTART;VALUE=DATE:{late:%Y%m%d}" in text


@pytest.mark.pages
def test_nothing_assigned_says_so(visit, committed, serious_violations):
	someone = may_log_in(factory.user())
	committed()
	page = visit("/my-training", someone)
	expect(page.get_by_text("No training has been assigned to you.")).to_be_visible()
	expect(page.get_by_role("link", name="Add to calendar")).to_have_count(0)
	assert serious_violations(page, ".training") == []


@pytest.mark.pages
def test_right_to_left_the_page_is_mirrored(ana, visit, committed):
	frappe.db.set_value("User", ana.user_id, "language", "ar")
	committed()
	page = visit("/my-training", ana.user_id)
	item = page.locator(".item").first
	title, status = item.get_by_role("heading").bounding_box(), item.locator(".pill").bounding_box()
	assert title["x"] > status["x"]
	assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.pages
def test_somebody_elses_assignment_is_refused(ana, visit, committed):
	other = learner("Omar")
	name, _course = owes(other, "Not Ana's business")
	committed()
	page = visit("/my-training", ana.user_id)
	answer = page.request.get(f"/api/resource/LMS Training Assignment/{name}")
	assert answer.status == 403
	assert "Not Ana's business" not in answer.text()
	page.goto(f"/app/lms-training-assignment/{name}")
	page.wait_for_timeout(3000)
	assert "Not Ana's business" not in page.content()
