"""The ways in that Frappe 16 has and 15 lacks: a tile on the desktop and a sidebar, for those who look after training."""

import json
from pathlib import Path

import frappe
import pytest

import smooth_lms_hr
from smooth_lms_hr import permissions
from smooth_lms_hr.setup import uninstall
from smooth_lms_hr.training.status import OPEN
from tests.site import factory
from tests.site.differences import has_desktop
from tests.site.test_workspace import MODULE, WORKSPACE

APP = Path(smooth_lms_hr.__file__).parent
SIDEBAR = json.loads((APP / "workspace_sidebar" / "training_compliance.json").read_text())
ICONS = [json.loads(path.read_text()) for path in sorted((APP / "desktop_icon").iterdir())]


@pytest.fixture
def desktop():
	if not has_desktop():
		pytest.skip("this Frappe has neither tiles nor sidebars")


def test_every_link_of_the_sidebar_leads_somewhere():
	linked = [item for item in SIDEBAR["items"] if item["type"] == "Link" and item["link_type"] != "URL"]
	for item in linked:
		folder = MODULE / frappe.scrub(item["link_type"]) / frappe.scrub(item["link_to"])
		assert folder.exists() or frappe.db.exists(item["link_type"], item["link_to"]), item["label"]
	urls = [item["url"].partition("?status=") for item in SIDEBAR["items"] if item["link_type"] == "URL"]
	assert {path for path, _sign, _status in urls} == {"/app/lms-training-assignment"}
	assert [status for _path, _sign, status in urls] == [
		json.dumps(["in", OPEN], separators=(",", ":")),
		"Overdue",
	]


def test_frappe_has_every_icon_that_the_sidebar_names(desktop):
	sprite = Path(frappe.get_app_path("frappe", "public", "icons", "lucide", "icons.svg")).read_text()
	for item in SIDEBAR["items"]:
		assert not item.get("icon") or f'id="icon-{item["icon"]}"' in sprite, item["label"]


def test_tiles_are_for_who_the_workspace_is_for_and_have_a_picture():
	(screen,) = frappe.get_hooks("add_to_apps_screen", app_name="smooth_lms_hr")
	for icon in ICONS:
		assert icon["roles"] == WORKSPACE["roles"]
		assert icon["logo_url"] == screen["logo"]
		assert icon["label"] == icon["name"]
	assert (APP / "public" / screen["logo"].removeprefix("/assets/smooth_lms_hr/")).exists()
	assert [icon["label"] for icon in ICONS if not icon["hidden"]] == [WORKSPACE["name"]]


def test_frappe_makes_no_tile_and_no_sidebar_of_its_own_beside_ours(desktop):
	from frappe.utils.install import auto_generate_icons_and_sidebar

	auto_generate_icons_and_sidebar()
	module = {"module": "Smooth LMS HR"}
	assert frappe.get_all("Workspace Sidebar", module, pluck="name") == [SIDEBAR["name"]]
	names = {icon["name"] for icon in ICONS}
	ours = ("in", sorted(names))
	for filters in (
		{"app": "smooth_lms_hr"},
		{"label": ours},
		{"link_to": ours},
		{"link": ("like", "%training%")},
	):
		assert set(frappe.get_all("Desktop Icon", filters, pluck="name")) <= names
	assert frappe.db.count("Desktop Icon", {"app": "smooth_lms_hr", "standard": 1}) == len(ICONS)


def test_uninstalling_takes_tiles_and_sidebar_away_and_no_others(desktop):
	others = {"app": ("!=", "smooth_lms_hr")}
	before = [frappe.db.count(doctype, others) for doctype in ("Desktop Icon", "Workspace Sidebar")]
	uninstall.remove_references()
	assert not frappe.db.exists("Desktop Icon", {"app": "smooth_lms_hr"})
	assert not frappe.db.exists("Workspace Sidebar", {"app": "smooth_lms_hr"})
	assert [frappe.db.count(doctype, others) for doctype in ("Desktop Icon", "Workspace Sidebar")] == before
	assert min(before) > 0


@pytest.mark.parametrize(
	("roles", "offered"),
	[
		(["HR User"], True),
		(["HR Manager"], True),
		(["System Manager"], True),
		(["Moderator", "Projects User"], True),
		# Learning keeps its own roles out of the desk.
		(["Moderator"], False),
		(["Projects User"], False),
		([], False),
	],
)
def test_the_apps_screen_offers_the_app_to_who_looks_after_training(roles, offered):
	frappe.set_user(factory.user(*roles))
	assert permissions.may_open_app() is offered
	assert frappe.get_attr(frappe.get_hooks("add_to_apps_screen")[-1]["has_permission"])() is offered
