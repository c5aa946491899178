"""/training-help: the guide where its reader is, and a way to it from each screen."""

import json
import re

import frappe
import pytest
from frappe.utils import set_request
from frappe.website.serve import get_response

from smooth_lms_hr.showing import guide
from tests.site import factory
from tests.site.test_workspace import MODULE


@pytest.fixture(autouse=True)
def _no_request_remains():
	yield
	for name in ("request", "request_ip"):
		if hasattr(frappe.local, name):
			delattr(frappe.local, name)


def read(page: str | None) -> tuple[int, str]:
	frappe.local.form_dict = frappe._dict({"page": page} if page else {})
	set_request(method="GET", path=guide.URL, query_string={"page": page} if page else {})
	response = get_response()
	return response.status_code, response.get_data(as_text=True)


@pytest.mark.parametrize("name", list(guide.pages()))
def test_each_page_is_read_by_whoever_is_logged_in(as_user, name):
	as_user(factory.user("LMS Student"))
	status, html = read(name)
	assert status == 200
	assert "<h1" in html
	assert "<img" not in html[html.index("<article") :]
	assert ".md" not in re.findall(r'href="([^"]*)"', html[html.index("<article") :])


def test_pages_lead_to_one_another(as_user):
	as_user(factory.user("LMS Student"))
	_status, html = read("hr")
	led_to = re.findall(r'href="/training-help\?page=([a-z-]+)', html)
	assert set(guide.pages()) <= set(led_to)


@pytest.mark.parametrize("nasty", ["../README", "developer", "x" * 10_000, "<img src=x>", "hr\0"])
def test_nothing_else_of_the_disk_is_read(as_user, nasty):
	as_user(factory.user("LMS Student"))
	status, html = read(nasty)
	assert status == 404
	assert "<img src=x>" not in html


def test_guests_are_asked_to_log_in(as_user):
	as_user("Guest")
	assert read("hr")[0] in (301, 302)


def test_every_list_says_where_help_is_and_what_it_is_for():
	for path in (MODULE / "doctype").rglob("*.json"):
		doctype = json.loads(path.read_text())
		if name := (doctype.get("documentation") or "").removeprefix(f"{guide.URL}?page="):
			assert name in guide.pages(), doctype["name"]
			assert doctype.get("issingle") or doctype["description"]
	onboarding = json.loads(next((MODULE / "module_onboarding").rglob("*.json")).read_text())
	assert onboarding["documentation_url"] == f"{guide.URL}?page=administrator"
