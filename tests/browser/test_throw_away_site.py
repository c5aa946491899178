"""What somebody sees first who has nothing but Python: the throw-away site, after the story of its people."""

import pytest
from playwright.sync_api import expect

from embedded import demo, people
from tests.browser import scratch
from tests.browser.conftest import DESK, PHONE

pytestmark = pytest.mark.pages
HEADINGS = {
	"/my-training": "My training",
	"/my-team-training": "Team training",
	"/training-admin": "Training administration",
	"/demo/audit": "What an auditor reads",
	"/app": "The desk needs a bench",
}
LOOKS = [(viewport, scheme) for viewport in (DESK, PHONE) for scheme in ("light", "dark")]
LOOK_NAMES = [f"{viewport['width']}-{scheme}" for viewport, scheme in LOOKS]


@pytest.fixture(scope="module")
def story(server):
	"""The people of the demo, alone on the site, who have been hired, have learned and have asked."""
	scratch.end()
	scratch.begin()
	demo.Story(server).play()


@pytest.fixture
def look(story, visit):
	"""look(path) opens a page of the demo; at the end nothing of it may have been missing, or broken."""
	wrong = []

	def opened(path: str, **options):
		page = visit("/api/method/ping", **options)
		page.on("pageerror", lambda error: wrong.append(str(error)))
		page.on(
			"response",
			lambda answer: wrong.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None,
		)
		page.goto(path)
		return page

	yield opened
	assert wrong == []


def choose(page, who: str):
	page.get_by_role("button", name=who).click()


def heading(page):
	return page.get_by_role("heading", level=1)


def test_every_entrance_has_a_page():
	assert {entrance.page for entrance in people.ENTRANCES} <= set(HEADINGS)


@pytest.mark.parametrize("entrance", people.ENTRANCES, ids=lambda entrance: entrance.who)
def test_one_click_leads_everybody_to_their_page(look, entrance):
	page = look("/")
	choose(page, entrance.who)
	page.wait_for_url(f"**{entrance.page}")
	expect(heading(page)).to_have_text(HEADINGS[entrance.page])


@pytest.mark.parametrize("path", ["/app", "/demo/audit"])
@pytest.mark.parametrize(("viewport", "scheme"), LOOKS, ids=LOOK_NAMES)
def test_the_demos_own_pages_can_be_read_everywhere(look, serious_violations, path, viewport, scheme):
	page = look("/", viewport=viewport, color_scheme=scheme)
	choose(page, "Noor Aziz")
	page.goto(path)
	expect(heading(page)).to_be_visible()
	assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
	assert serious_violations(page, "body") == []


def test_our_pages_have_their_style_and_a_way_on(look):
	page = look("/login?redirect-to=%2Fmy-team-training")
	choose(page, "Ruth Adeyemi")
	page.wait_for_url("**/my-team-training")
	expect(page.locator(".chrome [aria-current]")).to_have_text("Team training")
	assert page.locator(".chrome").evaluate("bar => getComputedStyle(bar).display") == "flex"
	assert page.locator(".figures").evaluate("figures => getComputedStyle(figures).display") == "grid"
	expect(page.get_by_role("link", name="Desk")).to_have_count(0)
	page.get_by_role("link", name="My training").click()
	expect(heading(page)).to_have_text("My training")
	page.get_by_role("button", name="Log out").click()
	expect(heading(page)).to_have_text(f"Look around at {people.COMPANY}")
	expect(page.get_by_text("You are logged in as")).to_have_count(0)


def test_a_lesson_is_finished_and_the_card_and_the_page_move(look):
	page = look("/")
	choose(page, "Ben Okoro")
	page.get_by_role("link", name="Information Security").click()
	page.wait_for_url("**/lms/courses/information-security")
	page.get_by_role("button", name="Finish Information Security, part one").click()
	expect(page.get_by_text("Information Security: 50 %")).to_be_visible()
	page.goto("/lms")
	bar = page.get_by_role("progressbar", name="Progress of Information Security")
	expect(bar).to_have_attribute("aria-valuenow", "50")
	page.get_by_role("link", name="See all of my training").click()
	expect(page.locator("li.item", has_text="Information Security").locator(".pill")).to_have_text(
		"In Progress"
	)


def test_the_desks_pictures_are_there(look):
	page = look("/desk/training-compliance")
	pictures = page.locator("figure img")
	assert pictures.count() >= 8
	for number in range(pictures.count()):
		pictures.nth(number).scroll_into_view_if_needed()
		expect(pictures.nth(number)).to_have_js_property("complete", True)
		assert pictures.nth(number).evaluate("picture => picture.naturalWidth") > 0


def test_what_is_not_there_says_so_and_leads_back(visit, story):
	for path, status, said in (
		("/nowhere", 404, "There is nothing at /nowhere"),
		("/me", 403, "may not see /me"),
		("/demo/audit", 403, "may not see /demo/audit"),
	):
		page = visit("/")
		answer = page.goto(path)
		assert answer.status == status
		expect(page.get_by_text(said)).to_be_visible()
		page.get_by_role("link", name="Back to the people").click()
		expect(heading(page)).to_have_text(f"Look around at {people.COMPANY}")


@pytest.mark.parametrize(
	"to", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example/"]
)
def test_nobody_is_led_off_the_site(visit, story, to):
	page = visit("/")
	answer = page.request.post("/demo/login", form={"user": people.ANA, "to": to}, max_redirects=0)
	assert (answer.status, answer.headers["location"]) == (303, "/")
