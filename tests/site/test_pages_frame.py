"""What is around our own pages: the way to the others, who is logged in, and nothing of the website's."""

import re

import frappe
import pytest
from frappe.utils import set_request
from frappe.website.serve import get_response

from tests.site import factory

PATHS = ("/my-training", "/my-team-training")
LINK = re.compile(r'<a href="([^"]+)" (aria-current="page")?\s*>([^<]+)</a>')


@pytest.fixture(autouse=True)
def _no_request_remains():
	yield
	for name in ("request", "request_ip"):
		if hasattr(frappe.local, name):
			delattr(frappe.local, name)


@pytest.fixture
def page(as_user):
	def open_as(user: str, path: str, user_type: str = "Website User") -> str:
		"""Return the HTML that a browser is given."""
		as_user(user)
		frappe.session.data.user_type = user_type
		set_request(method="GET", path=path)
		return get_response().get_data(as_text=True)

	return open_as


def links(html: str) -> list[str]:
	"""Return where the page leads to, in order; its own place marked by a star."""
	bar = html[html.index("<nav") : html.index("</nav>")]
	return [label + ("*" if here else "") for _url, here, label in LINK.findall(bar)]


def test_learners_are_led_to_what_is_theirs(page):
	worker = factory.employee(factory.user("Employee")).user_id
	assert links(page(worker, "/my-training", "System User")) == ["My training*", "Learning"]
	assert links(page(worker, "/my-team-training", "System User")) == ["My training", "Learning"]


def test_managers_are_led_to_their_team(page):
	boss = factory.employee(factory.user("Employee"))
	factory.employee(factory.user(), reports_to=boss.name)
	assert links(page(boss.user_id, "/my-training")) == ["My training*", "Team training", "Learning"]
	assert links(page(boss.user_id, "/my-team-training")) == ["My training", "Team training*", "Learning"]


def test_who_looks_after_everybody_is_led_to_the_desk_if_they_have_one(page):
	hr, moderator = factory.hr_manager(), factory.user("Moderator")
	assert links(page(hr, "/my-training", "System User"))[-1] == "Desk"
	assert links(page(moderator, "/my-training")) == [
		"My training*",
		"Team training",
		"Administration",
		"Learning",
	]


@pytest.mark.parametrize("path", PATHS)
def test_a_name_is_text(page, path):
	user = factory.hr_manager()
	frappe.db.set_value("User", user, "first_name", "<img src=x onerror=alert(1)>")
	frappe.clear_cache(user=user)
	html = page(user, path)
	assert "&lt;img src=x" in html
	assert "<img src=x" not in html


@pytest.mark.parametrize("path", PATHS)
def test_nothing_of_the_website_comes_along(page, path):
	frappe.db.set_single_value("Website Settings", "footer_powered", "The website's own footer")
	html = page(factory.hr_manager(), path)
	for foreign in ("navbar", "web-footer", "The website's own footer", "bundle", "newsletter"):
		assert foreign not in html, foreign
	assert len(html) < 20_000


@pytest.mark.parametrize("path", PATHS)
def test_what_scripts_send_along_is_in_the_page(page, path):
	html = page(factory.hr_manager(), path)
	assert html.index("window.frappe = {}") < html.index("frappe.csrf_token =") < html.index("</head>")
