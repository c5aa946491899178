"""What the app gives to other apps' records: fields, rights, a role, e-mail templates. A site changes them as it likes.

Nothing sets them back but somebody who asks for it.
"""

from smooth_lms_hr.setup.course_rights import RIGHTS
from smooth_lms_hr.setup.custom_fields import FIELDS
from smooth_lms_hr.setup.roles import AUDITOR
from smooth_lms_hr.telling.email_templates import TEMPLATES

DEFAULTS = (AUDITOR, *FIELDS, *RIGHTS, *TEMPLATES)


def changed() -> list[str]:
	"""Return in words which of them are missing or not as the app made them."""
	return [default.words for default in DEFAULTS if default.is_changed()]


def restore() -> list[str]:
	"""Set back what is missing or changed, and return in words what that was."""
	restored = [default for default in DEFAULTS if default.is_changed()]
	for default in restored:
		default.restore()
	return [default.words for default in restored]
