"""What a person learned of a course is put on record, then taken back, so that it can be learned again (rule 11)."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from frappe.model.document import Document

from smooth_lms_hr.assigning.evidence_of import Completed, take_over
from smooth_lms_hr.sources import learning


class Again(NamedTuple):
	"""A course that somebody learns again.

	:param doc: the assignment that asks for it
	:param completed: the name of the assignment that is completed
	:param completed_on: in the site's time zone
	"""

	doc: Document
	completed: str
	completed_on: date | None


def start_over(renewals: Sequence[Again]) -> None:
	"""Let people begin courses anew, with what they have learned of them on record.

	Usually it is since it was completed; what was completed otherwise is put there now.

	:param renewals: one of each person and course
	"""
	if not renewals:
		return
	take_over(
		[
			Completed(one.completed, one.doc.member, one.doc.employee, one.doc.course, one.completed_on)
			for one in renewals
		]
	)
	pairs = {(one.doc.member, one.doc.course) for one in renewals}
	learning.start_over(pairs, [one.doc.enrollment for one in renewals])
