"""The card on Learning's home: who gets it, and that Learning's page never suffers. And the side bar's entry."""

import json
import re
import statistics
import time

import frappe
import pytest
from frappe.utils import set_request
from frappe.website.path_resolver import PathResolver
from frappe.website.serve import get_response

from smooth_lms_hr import __version__, api, learning_page
from smooth_lms_hr.setup import learning_sidebar
from tests.site import factory

SCRIPT = f"/assets/smooth_lms_hr/js/training_card.js?v={__version__}"


@pytest.fixture(autouse=True)
def _no_request_remains():
	yield
	for name in ("request", "request_ip"):
		if hasattr(frappe.local, name):
			delattr(frappe.local, name)


def get(path="/lms", user=None):
	frappe.set_user(user or factory.user())
	set_request(method="GET", path=path)
	response = get_response()
	assert response.status_code == 200
	return response.get_data(as_text=True)


def config_of(html):
	return json.loads(re.search(r'id="smooth-lms-hr-card">(.*?)</script>', html, re.DOTALL).group(1))


@pytest.mark.parametrize("path", ["/lms", "/lms/courses", "/lms/courses/{course}/learn/1-1"])
def test_every_way_into_learning_brings_the_script_once(path):
	html = get(path.format(course=factory.course()))
	assert html.count(SCRIPT) == 1
	assert html.index(SCRIPT) < html.index("</body>")
	assert config_of(html)["home"] == "/lms"


def test_guests_get_learnings_page_as_it_is():
	assert "training_card.js" not in get(user="Guest")


def test_the_setting_switches_it_off():
	frappe.db.set_single_value("LMS Training Settings", "show_on_lms_home", 0)
	assert "training_card.js" not in get()


def test_what_fails_leaves_learnings_page_as_it_is(monkeypatch):
	before = get(user="Guest")
	logged = []
	monkeypatch.setattr(learning_page, "_config", lambda: 1 / 0)
	monkeypatch.setattr(frappe, "log_error", lambda *args, **kwargs: logged.append(kwargs))
	html = get()
	assert "training_card.js" not in html
	assert html.rstrip().endswith(before.rstrip()[-20:])
	assert logged == [{"defer_insert": True}]


def test_a_translation_cannot_end_the_script(monkeypatch):
	monkeypatch.setattr(learning_page, "_", lambda text: f"</script><b>{text}")
	html = get()
	assert "</script><b>" not in html
	assert config_of(html)["words"]["title"] == "</script><b>My training"


def test_other_pages_have_other_renderers(monkeypatch):
	looked = []
	monkeypatch.setattr(
		learning_page.TemplatePage, "set_template_path", lambda self: looked.append(self.path)
	)
	for path in ("login", "my-training", "_lms/more", "app"):
		assert not learning_page.LearningPage(path).can_render()
	# Nor do they pay for it.
	assert looked == []


def test_the_page_of_another_app_under_that_name_is_not_ours(monkeypatch):
	def found_elsewhere(self):
		self.app, self.template_path = "another", "www/lms.html"

	monkeypatch.setattr(learning_page.TemplatePage, "set_template_path", found_elsewhere)
	assert not learning_page.LearningPage("lms").can_render()


@pytest.mark.parametrize("path", learning_page.ENDPOINTS)
def test_learnings_own_page_is_ours_under_either_name(monkeypatch, path):
	def found_in_learning(self):
		self.app, self.template_path = "lms", f"www/{path}.html"

	monkeypatch.setattr(learning_page.TemplatePage, "set_template_path", found_in_learning)
	assert learning_page.LearningPage(path).can_render()


def test_the_card_costs_at_most_five_percent_of_the_page(bench_only, monkeypatch):
	frappe.set_user(factory.user())
	set_request(method="GET", path="/lms")
	renderers = {"with": [learning_page.LearningPage], "without": []}
	seconds = {name: [] for name in renderers}
	for turn in range(120):
		# In turns, so that whatever else the machine does hits both alike.
		for name, ours in renderers.items():
			monkeypatch.setattr(
				PathResolver, "get_custom_page_renderers", staticmethod(lambda ours=ours: ours)
			)
			began = time.perf_counter()
			html = get_response().get_data(as_text=True)
			if turn >= 20:
				seconds[name].append(time.perf_counter() - began)
			assert (SCRIPT in html) == (name == "with")
	medians = {name: statistics.median(each) for name, each in seconds.items()}
	print("median milliseconds of /lms:", {name: round(1000 * each, 3) for name, each in medians.items()})
	assert medians["with"] <= medians["without"] * 1.05


def test_the_front_end_is_rendered_by_ours():
	set_request(method="GET", path="/lms")
	_endpoint, renderer = PathResolver("lms").resolve()
	assert isinstance(renderer, learning_page.LearningPage)


def test_the_words_are_the_users(monkeypatch):
	words = config_of(get())["words"]
	assert words["in_days"] == "in {0} days"
	assert set(config_of(get())["statuses"]) == {"Pending", "In Progress", "Awaiting Signature", "Overdue"}


# ---- what goes wrong in the browser


def test_an_error_in_the_card_is_put_on_record(as_user):
	as_user(factory.user())
	message = factory.unique("TypeError: x is undefined ")
	api.log_card_error(message + "y" * 5000)
	filters = {"method": "The training card in Learning failed", "error": ("like", f"{message}%")}
	(error,) = frappe.get_all("Error Log", filters, pluck="error")
	assert len(error) == 2000


def test_guests_report_nothing(as_user):
	as_user("Guest")
	with pytest.raises(frappe.PermissionError):
		api.log_card_error("Hello")


def test_only_so_many_errors_are_taken(monkeypatch, as_user):
	as_user(factory.user())
	set_request(method="POST", path="/api/method/smooth_lms_hr.api.log_card_error")
	frappe.local.request_ip = "203.0.113.77"
	frappe.local.form_dict = frappe._dict(cmd=factory.unique("log_card_error"))
	for _ in range(20):
		api.log_card_error("Again")
	with pytest.raises(frappe.RateLimitExceededError):
		api.log_card_error("Once too often")


# ---- the side bar


def entries():
	return frappe.get_all(
		"LMS Sidebar Item",
		{"parent": "LMS Settings", "route": "my-training"},
		["web_page", "title", "route", "icon"],
	)


@pytest.fixture
def sidebar():
	if not learning_sidebar._offers_entries():
		pytest.skip("this version of Learning has no such entries")
	learning_sidebar.remove()


def test_the_entry_is_made_once(sidebar):
	learning_sidebar.add()
	learning_sidebar.add()
	(entry,) = entries()
	assert (entry.title, entry.route) == ("My Training", "my-training")
	assert not frappe.db.get_value("Web Page", entry.web_page, "published")
	# The page behind the entry leaves the route to ours.
	html = page_of(factory.user())
	assert "No training has been assigned to you." in html


def page_of(user):
	return get("/my-training", user)


def test_an_entry_that_was_removed_is_not_made_again_by_a_migration(sidebar):
	from smooth_lms_hr.setup import install

	learning_sidebar.add()
	frappe.db.delete("LMS Sidebar Item", {"route": "my-training"})
	install.after_migrate()
	assert entries() == []


def test_uninstalling_takes_entry_and_page_away(sidebar):
	learning_sidebar.add()
	learning_sidebar.remove()
	assert entries() == []
	assert not frappe.db.exists("Web Page", {"route": "my-training"})


def test_a_page_that_somebody_published_stays(sidebar):
	learning_sidebar.add()
	frappe.db.set_value("Web Page", {"route": "my-training"}, "published", 1)
	learning_sidebar.remove()
	assert frappe.db.exists("Web Page", {"route": "my-training"})
