"""Why the app itself changes an assignment: a closed set of sentences, stored in English, read in any language."""

from frappe import _

LEFT = "The employee has left the company."
USER_DELETED = "The user was deleted."
COURSE_DELETED = "The course was deleted."
OWED_TWICE = "Two records became one, and the same course was owed twice."


def in_words(reason: str | None) -> str:
	"""Return a reason in the reader's language; what a person typed stays as it was typed."""
	return {
		LEFT: _("The employee has left the company."),
		USER_DELETED: _("The user was deleted."),
		COURSE_DELETED: _("The course was deleted."),
		OWED_TWICE: _("Two records became one, and the same course was owed twice."),
	}.get(reason, reason or "")
