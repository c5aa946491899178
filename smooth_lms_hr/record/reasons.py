"""Why the app itself changes an assignment: a closed set of sentences, stored in English, read in any language."""

from frappe import _

LEFT = "The employee has left the company."
USER_DELETED = "The user was deleted."
COURSE_DELETED = "The course was deleted."
ASKED_FOR_EARLIER = "Something else asks for it earlier."
NO_LONGER_FITS = "The rule does not fit any more, and nothing else asks for it."
EQUIVALENT = "Another course, which counts like this one, was completed."
OWED_TWICE = "Two records became one, and the same course was owed twice."


def in_words(reason: str | None) -> str:
	"""Return a reason in the reader's language; what a person typed stays as it was typed."""
	return {
		LEFT: _("The employee has left the company."),
		USER_DELETED: _("The user was deleted."),
		COURSE_DELETED: _("The course was deleted."),
		ASKED_FOR_EARLIER: _("Something else asks for it earlier."),
		NO_LONGER_FITS: _("The rule does not fit any more, and nothing else asks for it."),
		EQUIVALENT: _("Another course, which counts like this one, was completed."),
		OWED_TWICE: _("Two records became one, and the same course was owed twice."),
	}.get(reason, reason or "")
