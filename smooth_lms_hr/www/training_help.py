"""/training-help: the guide, a page for each reader."""

import frappe
from frappe import _

from smooth_lms_hr.showing import guide, pages
from smooth_lms_hr.www.my_training import send_guests_to_login

no_cache = 1
sitemap = 0


def get_context(context):
	send_guests_to_login()
	wanted = frappe.form_dict.get("page") or next(iter(guide.pages()))
	content = guide.page(wanted) if isinstance(wanted, str) else None
	if content is None:
		pages.not_there()
	context.update(
		pages.frame(guide.URL, _("Help")),
		content=content,
		guides=[
			{"url": f"{guide.URL}?page={name}", "label": label, "here": name == wanted}
			for name, label in guide.pages().items()
		],
	)
