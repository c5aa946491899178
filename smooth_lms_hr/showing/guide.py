"""The guide, from the app's own docs folder, as pages of the site: help is where its reader is."""

import re
from pathlib import Path

from frappe import _
from frappe.utils import md_to_html

import smooth_lms_hr

FOLDER = Path(smooth_lms_hr.__file__).parents[1] / "docs"
URL = "/training-help"
# Pictures lie in the folder alone, which the site does not serve.
PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)\n?")
LINK = re.compile(r'href="([a-z-]+)\.md(#[^"]*)?"')


def pages() -> dict[str, str]:
	"""Return the titles of the pages by their names, in the order in which they are offered."""
	return {
		"learner": _("For learners"),
		"manager": _("For managers"),
		"hr": _("For HR"),
		"learning-and-development": _("For learning and development"),
		"administrator": _("For administrators"),
		"auditor": _("For auditors"),
		"retention": _("Retention"),
		"rules": _("The rules"),
	}


def page(name: str) -> str | None:
	"""Return a page as HTML; None where there is none of that name, or the app came without its docs.

	:param name: whatever a request asks for
	"""
	file = FOLDER / f"{name}.md"
	if name not in pages() or not file.is_file():
		return None
	html = md_to_html(PICTURE.sub("", file.read_text(encoding="utf-8")))
	return LINK.sub(_leads_on, str(html))


def _leads_on(found: re.Match) -> str:
	name, place = found[1], found[2] or ""
	# What is for those who write the app is not for its readers.
	return f'href="{URL}?page={name}{place}"' if name in pages() else f'href="{URL}"'
