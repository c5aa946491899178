"""A DocType of another app that has a name of ours: install and migrate stop, before anything is written, and say so."""

import frappe
import pytest

from smooth_lms_hr import hooks
from smooth_lms_hr.setup import given, install, taken_names

NAME = "Employee Document"


@pytest.fixture
def taken():
	"""taken(**values) makes the DocType somebody else's."""

	def make(**values):
		frappe.db.set_value("DocType", NAME, values, update_modified=False)

	yield make
	frappe.db.rollback()
	frappe.clear_cache(doctype=NAME)


def test_on_a_site_of_ours_nothing_is_in_the_way():
	taken_names.refuse()
	assert {"Employee Document", "Employee Compliance", "LMS Training Assignment"} <= set(
		taken_names.own_names()
	)


@pytest.mark.parametrize("door", [install.before_install, install.before_migrate])
def test_a_doctype_of_another_app_stops_it_and_is_named(taken, door, monkeypatch):
	taken(module="HR")
	monkeypatch.setattr(given, "once", lambda *args: pytest.fail("something was given"))
	with pytest.raises(frappe.ValidationError) as refused:
		door()
	assert "Employee Document (of hrms)" in str(refused.value)
	assert "Nothing was written" in str(refused.value)


def test_one_that_the_site_has_made_itself_stops_it_too(taken):
	taken(custom=1)
	with pytest.raises(frappe.ValidationError, match="made on this site"):
		taken_names.refuse()


def test_it_is_asked_before_patches_and_doctypes():
	assert hooks.before_migrate == ["smooth_lms_hr.setup.install.before_migrate"]
