"""/my-training: the learner's own page, also for those who never open Learning."""

from urllib.parse import quote

import frappe
from frappe import _

from smooth_lms_hr.showing import documents, learner, pages, requests
from smooth_lms_hr.sources import identity, learning

no_cache = 1
sitemap = 0


def get_context(context):
	send_guests_to_login()
	training = learner.training_of(frappe.session.user)
	context.update(training)
	context.asked_about = requests.of_learner(frappe.session.user, training["open"])
	context.documents = documents.of_learner(frappe.session.user)
	context.update(
		pages.frame(pages.MINE, _("My training")),
		late=sum(row.late for row in training["open"]),
		nothing=not any(training.values()),
		signs_by_code=any(row.statement for row in training["open"])
		and identity.has_code(frappe.session.user),
		learning_url=learning.home_url(),
	)


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
