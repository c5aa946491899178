"""/my-training: the learner's own page, also for those who never open Learning."""

from urllib.parse import quote

import frappe
from frappe import _
from frappe.utils import getdate

from smooth_lms_hr.showing import compliance, documents, learner, onboardings, pages, requests
from smooth_lms_hr.sources import identity, learning

no_cache = 1
sitemap = 0


def get_context(context):
	send_guests_to_login()
	user = frappe.session.user
	training = learner.training_of(user)
	nothing = not any(training.values())
	tabs = [tab for tab in _tabs(training) if tab["number"] or tab["name"] != "waived"]
	asked_for = None if nothing else frappe.form_dict.get("tab")
	context.update(training)
	context.update(
		pages.frame(pages.MINE, _("My training")),
		tabs=tabs,
		tab=next((tab["name"] for tab in tabs if tab["name"] == asked_for), "open"),
		today=getdate(),
		asked_about=requests.of_learner(user, training["open"]),
		documents=documents.of_learner(user),
		tasks=onboardings.tasks_of(user),
		held=compliance.of_learner(user),
		late=sum(row.late for row in training["open"]),
		nothing=nothing,
		signs_by_code=any(row.statement for row in training["open"]) and identity.has_code(user),
		learning_url=learning.home_url(),
	)


def _tabs(training: dict) -> list[dict]:
	return [
		{
			"name": name,
			"label": label,
			"number": len(training[name]),
			"url": pages.MINE if name == "open" else f"{pages.MINE}?tab={name}",
		}
		for name, label in (
			("open", _("Open", context="Training")),
			("done", _("Done")),
			("waived", _("Waived")),
		)
	]


def send_guests_to_login() -> None:
	"""Ask guests to log in first; they come back to the very page and filters that they asked for.

	:raises frappe.Redirect: for guests
	"""
	if frappe.session.user != "Guest":
		return
	request = frappe.local.request
	wanted = request.full_path.rstrip("?") if request.query_string else request.path
	frappe.flags.redirect_location = f"/login?redirect-to={quote(wanted, safe='')}"
	# Not the permanent one: browsers would remember it beyond the login.
	raise frappe.Redirect(302)
