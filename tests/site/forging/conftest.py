"""A learner who would like to have completed a hard course, and a colleague who has begun."""

import frappe
import pytest

from tests.site import factory
from tests.site.forging.doors import enrol


@pytest.fixture
def easy():
	return factory.course("Easy", lessons=1, is_mandatory=0)


@pytest.fixture
def hard():
	return factory.course("Hard", lessons=4)


@pytest.fixture
def learner(hard, easy):
	"""Somebody who owes the hard course and has completed the easy one."""
	member = factory.user()
	factory.onboarding(employee=factory.employee(member).name)
	enrol(member, easy)
	factory.complete_lessons(member, easy)
	return member


@pytest.fixture
def colleague(learner):
	"""Somebody else who owes the hard course, and has begun."""
	member = factory.user()
	factory.onboarding(employee=factory.employee(member).name)
	factory.complete_lessons(member, frappe.db.get_value("LMS Course", {"title": "Hard"}), 1)
	return member
