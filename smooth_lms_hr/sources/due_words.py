"""How far away a due date is, in words: one set of them for pages, cards and files."""

from frappe import _


def templates() -> dict[str, str]:
	"""Return the words with {0} for the number of days, for a browser that counts for itself."""
	return {
		"today": _("today"),
		"tomorrow": _("tomorrow"),
		"in_days": _("in {0} days"),
		"late_day": _("1 day late"),
		"late_days": _("{0} days late"),
	}


def due_in_words(days_left: int) -> str:
	"""Return for example "in 3 days", "today" or "5 days late".

	:param days_left: days until the due date, negative when it is past
	"""
	words = templates()
	match days_left:
		case 0:
			return words["today"]
		case 1:
			return words["tomorrow"]
		case -1:
			return words["late_day"]
	return words["in_days" if days_left > 0 else "late_days"].format(abs(days_left))
