"""What is around our own pages: where else there is to go, and what their template needs."""

from typing import NoReturn
from urllib.parse import urlencode

import frappe
from frappe import _

from smooth_lms_hr import __version__
from smooth_lms_hr.sources import learning
from smooth_lms_hr.sources.reporting_lines import teams_of
from smooth_lms_hr.sources.visibility import sees_all

MINE, TEAM, ADMIN = "/my-training", "/my-team-training", "/training-admin"
RECORD = "/training-record"
LOGO = "/assets/smooth_lms_hr/icons/desktop_icons/solid/training_compliance.svg"


def record_url(employee: str | None, member: str) -> str:
	"""Return where all is that is on record of somebody: of an Employee, or of a user without one."""
	return f"{RECORD}?{urlencode({'employee': employee} if employee else {'user': member})}"


def not_there() -> NoReturn:
	"""Answer a request with the page that says that there is none.

	:raises frappe.PageDoesNotExistError: always
	"""
	# Frappe keeps that for an address, and would tell everybody the same, those too who may see what is there.
	frappe.local.no_cache = True
	raise frappe.PageDoesNotExistError


def frame(here: str, title: str, leads: bool | None = None) -> dict:
	"""Return what templates/training_page.html needs of a page of the session user's.

	:param here: the page's address
	:param leads: whether somebody reports to them, where that is known already
	"""
	user = frappe.session.user
	oversees = sees_all(user)
	if leads is None:
		leads = oversees or bool(teams_of(user))
	places = [
		(MINE, _("My training"), True),
		(TEAM, _("Team training"), oversees or leads),
		(ADMIN, _("Administration"), oversees),
		(learning.home_url(), _("Learning"), True),
		# Employees may have a desk too; nothing of their training is there.
		("/app", _("Desk"), oversees and frappe.session.data.user_type == "System User"),
	]
	return {
		"title": title,
		"version": __version__,
		"logo": LOGO,
		"csrf_token": frappe.session.data.csrf_token,
		"navigation": [
			{"url": url, "label": label, "here": url == here} for url, label, wanted in places if wanted
		],
	}
