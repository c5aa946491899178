"""Sites whose mails are as an earlier version gave them get the new ones; what somebody wrote stays."""

import frappe
import pytest

from smooth_lms_hr.patches.v0_3 import renew_email_templates as patch
from smooth_lms_hr.setup import defaults
from smooth_lms_hr.telling.email_templates import ASSIGNED, DOCTYPE, SIGNING_CODE

# As the release before gave it.
BEFORE = """<p>{{ _("Hello {0},").format(first_name) }}</p>
<p>{{ _("this is your code to sign the statement of {0}:").format(what) }}</p>
<p style="font-size: 1.5em; letter-spacing: 0.1em"><strong>{{ code }}</strong></p>
<p>{{ _("It counts once, and for {0} minutes. If you have not asked for it, ignore this mail.").format(minutes) }}</p>
<p><a href="{{ my_training_url }}">{{ _("My training") }}</a></p>
"""


@pytest.fixture
def before():
	frappe.db.set_value(DOCTYPE, SIGNING_CODE.name, "response_html", BEFORE)
	assert [default for default in defaults.DEFAULTS if default.is_changed()] == [SIGNING_CODE]


@pytest.mark.parametrize("stored", [BEFORE, BEFORE.rstrip(), BEFORE.replace("\n", "\r\n")])
def test_what_nobody_changed_is_renewed(before, stored):
	frappe.db.set_value(DOCTYPE, SIGNING_CODE.name, "response_html", stored)
	patch.execute()
	assert defaults.changed() == []


@pytest.mark.parametrize(
	("field", "value"),
	[("response_html", BEFORE.replace("Hello", "Dear")), ("subject", "Your code"), ("use_html", 0)],
)
def test_what_somebody_changed_stays(before, field, value):
	frappe.db.set_value(DOCTYPE, SIGNING_CODE.name, field, value)
	stored = frappe.db.get_value(DOCTYPE, SIGNING_CODE.name, "*", as_dict=True)
	patch.execute()
	assert frappe.db.get_value(DOCTYPE, SIGNING_CODE.name, "*", as_dict=True) == stored


def test_what_was_deleted_does_not_come_back(before):
	frappe.delete_doc(DOCTYPE, SIGNING_CODE.name)
	frappe.delete_doc(DOCTYPE, ASSIGNED.name)
	patch.execute()
	assert not frappe.db.exists(DOCTYPE, SIGNING_CODE.name)
	assert not frappe.db.exists(DOCTYPE, ASSIGNED.name)


def test_a_second_run_changes_nothing(before):
	patch.execute()
	frappe.db.set_value(DOCTYPE, SIGNING_CODE.name, "subject", "Your code")
	patch.execute()
	assert frappe.db.get_value(DOCTYPE, SIGNING_CODE.name, "subject") == "Your code"
