"""Puts the "My training" card on Learning's home, which offers no place for it.

Learning's front end is one page for all its routes. It is rendered as Learning renders it, and a script that builds the
card is added to the answer. Whatever fails here must leave Learning's page as it is.
"""

import json

import frappe
from frappe import _
from frappe.website.page_renderers.template_page import TemplatePage

from smooth_lms_hr import __version__
from smooth_lms_hr.sources import due_words, learning
from smooth_lms_hr.sources.settings import get_settings
from smooth_lms_hr.training.status import OPEN

# What the routes of Learning's front end resolve to: since 2.45, and before.
ENDPOINTS = ("_lms", "lms")
SCRIPT = "/assets/smooth_lms_hr/js/training_card.js"


class LearningPage(TemplatePage):
	app = None

	def __init__(self, path, http_status_code=None):
		# Frappe asks every renderer at every request, and a template page looks through the folders of all apps.
		if path in ENDPOINTS:
			super().__init__(path, http_status_code)

	def can_render(self) -> bool:
		return self.app == "lms" and super().can_render()

	def render(self):
		response = super().render()
		try:
			if card := _card():
				html = response.get_data(as_text=True)
				before, body, after = html.rpartition("</body>")
				if body:
					response.set_data(before + card + body + after)
		except Exception:
			# Learners are to get Learning's page, with the card or without.
			# Deferred, because what a page writes is rolled back.
			frappe.log_error(_("The training card could not be added to Learning's page"), defer_insert=True)
		return response


def _card() -> str | None:
	"""Return what makes the card, None where it is not wanted."""
	if frappe.session.user == "Guest" or not get_settings().show_on_lms_home:
		return None
	# Course titles, translations: nothing in it may end the script element.
	config = json.dumps(_config()).replace("<", "\\u003c")
	return (
		f'<script type="application/json" id="smooth-lms-hr-card">{config}</script>'
		f'<script src="{SCRIPT}?v={__version__}" defer></script>'
	)


def _config() -> dict:
	return {
		"home": learning.home_url(),
		"page": "/my-training",
		# Not the document's: before 2.61 Learning may say "en" there, whatever it shows.
		"language": frappe.local.lang,
		"words": {
			"title": _("My training"),
			"see_all": _("See all"),
			"see_all_label": _("See all of my training"),
			"open": _("{0} open"),
			"open_late": _("{0} open, {1} late"),
			"nothing_due": _("Nothing is due."),
			"completed": _("{0} completed"),
			"due": _("Due {0}"),
			"progress": _("Progress of {0}"),
			"start": _("Start"),
			"start_label": _("Start {0}"),
			"go_on": _("Continue"),
			"go_on_label": _("Continue {0}"),
			"sign": _("Read and sign"),
			"sign_label": _("Read and sign the statement of {0}"),
			"more": _("{0} more"),
			"renewal": _("Renewal"),
			"renewal_until": _("Renewal, valid until {0}"),
			**due_words.templates(),
		},
		"statuses": {status: _(status) for status in OPEN},
	}
