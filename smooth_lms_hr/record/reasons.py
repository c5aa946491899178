"""Why the app itself changes an assignment: a closed set of sentences, stored in English, read in any language."""

from frappe import _

LEFT = "The employee has left the company."
USER_DELETED = "The user was deleted."
COURSE_DELETED = "The course was deleted."
ASKED_FOR_EARLIER = "Something else asks for it earlier."
NOT_HELD_ANY_MORE = "The compliance does not ask for it any more, and nothing else does."
NO_LONGER_FITS = "The rule does not fit any more, and nothing else asks for it."
EQUIVALENT = "Another course, which counts like this one, was completed."
BACK = "The employee is back."
WAIVER_ENDED = "The waiver has ended."
ONBOARDING_CANCELLED = "The onboarding was cancelled, and nothing else asks for it."
ONBOARDING_DELETED = "The onboarding was deleted, and nothing else asks for it."
ON_LEAVE = "The employee is on leave."
LEAVE_CANCELLED = "The leave was cancelled."
MOVED = "The employee has moved."
NOW_EMPLOYEE = "The person is an employee now."
DAYS_CHANGED = "The course counts for a different number of days now."
OWED_TWICE = "Two records became one, and the same course was owed twice."
REVOKED_AND_NOT_OWED = "The completion was revoked, and the course is not owed any more."
REVOKED_WHEN_GONE = "The completion was revoked after the person had left."
EVENT_CANCELLED = "The training event was cancelled."
NOT_PRESENT = "The training event does not say any more that the person was present."
COMPLETED_MEANWHILE = "The training was completed meanwhile."
WAIVED_MEANWHILE = "The training was waived meanwhile."
CANCELLED_MEANWHILE = "The training was cancelled meanwhile."
ERASED = "What is personal is erased, and nobody is left who owes it."
RETENTION_OF_SETTINGS = "Kept as long after exit as the settings say, and not any longer."
RETENTION_OF_TYPE = "Kept as long after exit as a compliance type says, and not any longer."
DELETION_REQUESTED = "The person has asked for deletion, and it was approved."
STILL_HELD = "The record of the person is on hold."

# Each is translated where it is asked for: a report asks for thousands.
WORDS = {
	LEFT: lambda: _("The employee has left the company."),
	USER_DELETED: lambda: _("The user was deleted."),
	COURSE_DELETED: lambda: _("The course was deleted."),
	ASKED_FOR_EARLIER: lambda: _("Something else asks for it earlier."),
	NOT_HELD_ANY_MORE: lambda: _("The compliance does not ask for it any more, and nothing else does."),
	NO_LONGER_FITS: lambda: _("The rule does not fit any more, and nothing else asks for it."),
	EQUIVALENT: lambda: _("Another course, which counts like this one, was completed."),
	BACK: lambda: _("The employee is back."),
	WAIVER_ENDED: lambda: _("The waiver has ended."),
	ONBOARDING_CANCELLED: lambda: _("The onboarding was cancelled, and nothing else asks for it."),
	ONBOARDING_DELETED: lambda: _("The onboarding was deleted, and nothing else asks for it."),
	ON_LEAVE: lambda: _("The employee is on leave."),
	LEAVE_CANCELLED: lambda: _("The leave was cancelled."),
	MOVED: lambda: _("The employee has moved."),
	NOW_EMPLOYEE: lambda: _("The person is an employee now."),
	DAYS_CHANGED: lambda: _("The course counts for a different number of days now."),
	OWED_TWICE: lambda: _("Two records became one, and the same course was owed twice."),
	REVOKED_AND_NOT_OWED: lambda: _("The completion was revoked, and the course is not owed any more."),
	REVOKED_WHEN_GONE: lambda: _("The completion was revoked after the person had left."),
	EVENT_CANCELLED: lambda: _("The training event was cancelled."),
	NOT_PRESENT: lambda: _("The training event does not say any more that the person was present."),
	COMPLETED_MEANWHILE: lambda: _("The training was completed meanwhile."),
	WAIVED_MEANWHILE: lambda: _("The training was waived meanwhile."),
	CANCELLED_MEANWHILE: lambda: _("The training was cancelled meanwhile."),
	ERASED: lambda: _("What is personal is erased, and nobody is left who owes it."),
	RETENTION_OF_SETTINGS: lambda: _("Kept as long after exit as the settings say, and not any longer."),
	RETENTION_OF_TYPE: lambda: _("Kept as long after exit as a compliance type says, and not any longer."),
	DELETION_REQUESTED: lambda: _("The person has asked for deletion, and it was approved."),
	STILL_HELD: lambda: _("The record of the person is on hold."),
}


def in_words(reason: str | None) -> str:
	"""Return a reason in the reader's language; what a person typed stays as it was typed."""
	return WORDS[reason]() if reason in WORDS else reason or ""
