"""Gives the site the role of auditors, before Frappe makes it of the DocTypes that name it: see ``setup.roles``."""

from smooth_lms_hr.setup import given
from smooth_lms_hr.setup.roles import AUDITOR


def execute():
	given.once(AUDITOR.key, AUDITOR.add)
