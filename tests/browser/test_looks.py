"""How every page of ours looks: on a screen and on a phone, in light and dark, in longer words and right to left.

The people are those of the throw-away site after its story, and each page has to show all that it can.
"""

from datetime import timedelta
from typing import NamedTuple

import frappe
import pytest
from frappe.utils import getdate
from playwright.sync_api import Page, expect

from embedded import people
from tests.browser import scratch
from tests.browser.conftest import PHONE
from tests.browser.keyboard import Keyboard
from tests.browser.test_throw_away_site import LOOKS, heading, look, story
from tests.site import factory
from tests.site.filing import file_document

__all__ = ["look", "story"]  # fixtures

pytestmark = pytest.mark.pages
WHY = "The customer's site has no network, and I am there for three weeks."


class Screen(NamedTuple):
	"""A page as somebody has it before them: its name, whose it is, its path, and what is opened on it."""

	name: str
	user: str | None
	path: str
	opener: str = ""


SCREENS = [
	Screen("door", None, "/"),
	Screen("mine", people.ANA, "/my-training"),
	Screen("ask", people.ANA, "/my-training", ".ask summary"),
	Screen("sign", people.ANA, "/my-training", "[data-signature] [data-open]"),
	Screen("document", people.ANA, "/my-training", "[data-documents] [data-open]"),
	Screen("done", people.ANA, "/my-training?tab=done"),
	Screen("waived", people.BEN, "/my-training?tab=waived"),
	Screen("team", people.HELEN, "/my-team-training"),
	Screen("remind-all", people.HELEN, "/my-team-training", "[data-remind-all]"),
	Screen("admin", people.MIRA, "/training-admin?status=all"),
	Screen("assign", people.MIRA, "/training-admin?status=all", "[data-open=assign]"),
	Screen("courses", people.MIRA, "/training-admin?tab=courses"),
	Screen("course", people.MIRA, "/training-admin?tab=courses", "[data-course]"),
	Screen("record", people.HELEN, "/training-record?employee={ana}"),
	Screen("help", people.HELEN, "/training-help?page=hr"),
]
OF = {screen.name: screen for screen in SCREENS}
# The demo's own door speaks English alone.
TRANSLATED = [screen for screen in SCREENS if screen.user]

AXE = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.flatMap(
	({ id, impact, nodes }) => nodes.map(({ target, failureSummary }) => `${id} (${impact}) ${target}: ${failureSummary}`)
)"""
# What is not to be read whole: cut off by what it stands in, also where that is only the beginning of a text; a title that
# runs over its end; a word or a number that is broken. What is for ears alone is nothing to be seen.
UNREADABLE = """() => {
	const found = [];
	const seen = (element) => element.checkVisibility() && !element.closest(".sr-only, .skip, thead");
	const all = (selector) => [...document.querySelectorAll(selector)].filter(seen);
	const frame_of = (element) => {
		let frame = element.parentElement;
		while (frame !== document.body && getComputedStyle(frame).overflowX === "visible") frame = frame.parentElement;
		return frame.getBoundingClientRect();
	};
	const check = (rect, element, said) => {
		const { left, right } = frame_of(element);
		if (rect.width && (rect.left < left - 1 || rect.right > right + 1)) found.push(`${said}: ${element.outerHTML.slice(0, 120)}`);
	};
	for (const each of all("button, .button, .pill, input, select, textarea")) check(each.getBoundingClientRect(), each, "cut off");
	for (const each of all("bdi")) {
		const text = document.createTreeWalker(each, NodeFilter.SHOW_TEXT).nextNode();
		const start = text?.data.search(/\\S/) ?? -1;
		if (start < 0) continue;
		const range = document.createRange();
		range.setStart(text, start);
		range.setEnd(text, start + 1);
		check(range.getBoundingClientRect(), each, "begins out of sight");
	}
	for (const each of all("h1, h2, h3")) if (each.scrollWidth > each.clientWidth + 1) found.push(`runs over: ${each.textContent}`);
	for (const each of all(".progress-line span, .pill")) {
		if (/\\s/.test(each.textContent.trim())) continue;
		const range = document.createRange();
		range.selectNodeContents(each);
		if (range.getClientRects().length > 1) found.push(`broken: ${each.textContent}`);
	}
	return found;
}"""


@pytest.fixture(scope="module")
def stage(story):
	"""Beside the story: a statement to sign, documents, a course that is late, one that is waived, requests."""
	frappe.set_user("Administrator")
	ana, ben = (frappe.get_doc("Employee", {"user_id": user}) for user in (people.ANA, people.BEN))
	_name, course = scratch.owes(ana, "Handling of Chemicals in Laboratories and Stores", 3)
	doc = frappe.get_doc("LMS Course", course)
	doc.attestation = "I have read how chemicals are handled here.\n\nI will follow it."
	doc.save()
	factory.complete_lessons(people.ANA, course)
	late, _course = scratch.owes(ana, "Data Protection", -5, status="Overdue", progress=50)
	factory.request(late, reason=WHY, wanted_date=str(getdate() + timedelta(days=40)))
	waiver = {"waived_by": people.HELEN, "waived_on": frappe.utils.now(), "waiver_reason": "Teaches it"}
	scratch.owes(ben, "First Aid", 3, status="Waived", **waiver)
	file_document(ana.name, by=people.ANA, title="Driving Licence, Class C")
	expired = {"expires_on": str(getdate() - timedelta(days=3))}
	file_document(ana.name, by=people.HELEN, title="Forklift Licence", **expired)
	frappe.db.commit()
	return frappe._dict(ana=ana.name)


@pytest.fixture
def show(stage, look):
	"""show(screen, lang=None, **options) opens a screen as the one whose it is, in a language."""

	def opened(screen: Screen, lang: str | None = None, **options) -> Page:
		page = look("/api/method/ping", **options)
		if screen.user:
			who = {"usr": screen.user, "pwd": people.password_of(screen.user)}
			assert page.request.post("/api/method/login", form=who).ok
		turn_to(page, screen, lang)
		return page

	def turn_to(page: Page, screen: Screen, lang: str | None = None) -> None:
		path = screen.path.format(ana=stage.ana)
		if lang:
			path += f"{'&' if '?' in path else '?'}_lang={lang}"
		page.goto(path)
		expect(heading(page)).to_be_visible()
		if screen.opener:
			page.locator(screen.opener).first.click()
		if screen.name == "remind-all":
			expect(page.locator("#remind-all li").first).to_be_visible()

	opened.turn_to = turn_to
	return opened


def is_as_wide_as_the_screen(page: Page) -> bool:
	return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("screen", SCREENS, ids=OF)
def test_everybody_can_read_it_everywhere(show, axe_source, screen):
	page = show(screen)
	page.evaluate(axe_source)
	for viewport, scheme in LOOKS:
		page.set_viewport_size(viewport)
		page.emulate_media(color_scheme=scheme)
		page.evaluate("scheme => document.documentElement.dataset.theme = scheme", scheme)
		assert is_as_wide_as_the_screen(page), (viewport, scheme)
		assert page.evaluate(UNREADABLE) == [], (viewport, scheme)
		assert page.evaluate(AXE) == [], (viewport, scheme)


@pytest.mark.parametrize("screen", TRANSLATED, ids=[screen.name for screen in TRANSLATED])
def test_on_a_phone_it_is_whole_in_other_languages(show, screen):
	page = show(screen, "de", viewport=PHONE)
	for lang, direction in (("de", "ltr"), ("ar", "rtl")):
		if lang != "de":
			show.turn_to(page, screen, lang)
		assert page.evaluate("[document.documentElement.lang, document.dir]") == [lang, direction]
		assert is_as_wide_as_the_screen(page), lang
		assert page.evaluate(UNREADABLE) == [], lang


def test_a_statement_goes_the_way_it_is_written(show):
	page = show(OF["sign"], "ar")
	statement = page.locator("dialog[open] [data-statement]")
	assert statement.evaluate("one => getComputedStyle(one).direction") == "ltr"


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_on_a_phone_how_an_assignment_stands_takes_one_line(show, lang):
	page = show(OF["admin"], lang, viewport=PHONE)
	heights = "cells => cells.map((cell) => cell.getBoundingClientRect()).map(({ top, bottom }) => (top + bottom) / 2)"
	pills, numbers = (
		page.locator(selector).evaluate_all(heights)
		for selector in (".assignments .pill", ".assignments .progress-line")
	)
	assert pills
	assert [abs(pill - number) < 8 for pill, number in zip(pills, numbers, strict=True)] == [True] * len(
		pills
	)


def test_what_is_answered_stands_apart_from_what_was_asked(show):
	page = show(OF["team"])
	asked, answer = (page.locator(f".item {part}").first.bounding_box() for part in (".words", "form.answer"))
	assert answer["y"] - (asked["y"] + asked["height"]) >= 8
	assert answer["width"] < 600


def test_words_that_mean_something_else_elsewhere_mean_the_right_thing_here(show):
	page = show(OF["assign"], "de")
	expect(page.locator("#assign [data-act]")).to_have_text("Prüfen")
	show.turn_to(page, OF["courses"], "de")
	expect(page.locator(".courses .pill").first).to_have_text("Pflicht")


def test_by_the_keyboard_alone_through_the_demos_door(stage, look):
	page = look("/")
	keys = Keyboard(page)
	keys.to(page.get_by_role("button", name="Mira Das"))
	keys.to(page.get_by_role("button", name="Ana Lind"), "Shift+Tab")
	keys.press("Enter")
	page.wait_for_url("**/my-training")
	expect(heading(page)).to_have_text("My training")


def test_a_record_is_as_dark_as_learning_is_and_is_printed_dark_on_white(show):
	page = show(OF["record"])
	look_of = "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
	light = page.evaluate(look_of)
	page.emulate_media(color_scheme="dark")
	assert page.evaluate(look_of) == light
	page.emulate_media(color_scheme="light")
	page.evaluate("localStorage.setItem('theme', 'dark')")
	page.reload()
	back, text = page.evaluate(look_of)
	assert back not in light
	assert text not in light
	page.emulate_media(media="print")
	assert page.evaluate(look_of) == light


def test_to_sign_and_to_ask_stand_side_by_side(show):
	page = show(OF["mine"])
	card = page.locator(".item", has=page.locator("[data-signature]"))
	sign, ask = (card.locator(one).bounding_box() for one in ("[data-signature] [data-open]", ".ask summary"))
	assert sign["y"] == ask["y"]
