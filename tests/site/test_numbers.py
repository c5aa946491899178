"""Names of assignments: in the order drawn, by whatever door, and nobody waits for anybody."""

import frappe
import pytest

from smooth_lms_hr.assigning import numbers
from tests.site import factory

ASSIGNMENT = "LMS Training Assignment"


def name_of(number: int) -> str:
	return f"TA-{number:07d}"


def test_names_are_in_the_order_drawn(hire, hr):
	first = numbers.draw(1)
	block = numbers.draw(3)
	assert [*first, *block] == sorted({*first, *block})
	assert all(name.startswith("TA-") and len(name) == 10 for name in block)
	# By hand, and many at once.
	by_hand = frappe.get_doc(
		{"doctype": ASSIGNMENT, "member": hire.user_id, "course": factory.course()}
	).insert()
	factory.course()
	onboarding = factory.onboarding(employee=hire.name)
	(written,) = factory.assignments(onboarding=onboarding.name)
	assert block[-1] < by_hand.name < written.name


@pytest.mark.parametrize("last", [1, 42, 54321, 99_999, 123_456])
def test_after_an_upgrade_what_is_new_sorts_behind_what_is_old(last):
	assert name_of(numbers.first_after(last)) > f"TA-{last:05d}"
	assert name_of(numbers.first_after(last)) < name_of(numbers.first_after(last) + 1)


def test_without_older_ones_it_begins_at_one():
	assert numbers.first_after(0) == 1


def test_nobody_waits_for_who_has_drawn_and_not_committed(hire, bench_only, second_connection):
	def draw_impatiently() -> list[str]:
		frappe.db.sql("set session innodb_lock_wait_timeout = 1")
		return numbers.draw(2)

	factory.course()
	factory.onboarding(employee=hire.name)
	drawn = numbers.draw(2)
	assert drawn < second_connection(draw_impatiently) < numbers.draw(2)


def test_it_goes_on_where_it_was_however_often_it_is_made(bench_only):
	before = numbers.draw(1)
	numbers.ensure_sequence()
	assert numbers.draw(1) > before
