"""Queries whose text is put together once."""

import frappe
import pytest

from smooth_lms_hr.sources.prepared import prepared
from tests.site import factory


@pytest.fixture
def named():
	"""A query for users, and how often it was put together."""
	built = []

	@prepared
	def query(names, enabled):
		built.append(1)
		user = frappe.qb.DocType("User")
		# A constant of the code, with a character that means something beside values.
		quiet = user.name != "100%s"
		return (
			frappe.qb.from_(user)
			.select(user.name, user.full_name)
			.where(user.name.isin(names) & (user.enabled == enabled) & quiet)
			.orderby(user.name)
		)

	query.built = built
	return query


def test_it_is_put_together_once_and_asked_with_other_values_each_time(named):
	first, second = sorted(factory.user() for _number in range(2))
	assert [name for name, _full_name in named([first, second], 1)] == [first, second]
	assert [name for name, _full_name in named([second], 1)] == [second]
	assert not named([first, second], 0)
	assert len(named.built) == 1


def test_rows_are_dicts_where_that_is_asked_for(named):
	user = factory.user()
	(row,) = named([user], 1, as_dict=True)
	assert row.full_name == frappe.db.get_value("User", user, "full_name")


@pytest.mark.parametrize("text", ["x' or '1'='1", '"); drop table tabUser; --', "%(enabled)s", "\\"])
def test_what_is_handed_over_is_a_value_and_never_a_part_of_the_query(named, text):
	assert not named([text], 1)
	assert frappe.db.exists("User", "Administrator")


def test_a_value_too_few_is_an_error(named):
	with pytest.raises(ValueError, match="shorter"):
		named(["Administrator"])


def test_another_site_has_a_text_of_its_own(named, monkeypatch):
	named(["Administrator"], 1)
	monkeypatch.setattr(frappe.local, "site", "another.localhost")
	named(["Administrator"], 1)
	assert len(named.built) == 2
