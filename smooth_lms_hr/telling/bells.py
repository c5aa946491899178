"""The bell in the desk: entries of Frappe's Notification Log, written in sets as Frappe itself writes one."""

from collections.abc import Callable, Collection, Sequence
from datetime import date

import frappe
from frappe import _
from frappe.desk.doctype.notification_log.notification_log import make_notification_logs
from frappe.model.document import bulk_insert
from frappe.translate import print_language

from smooth_lms_hr.sources import listeners
from smooth_lms_hr.sources.due_words import due_in_words
from smooth_lms_hr.sources.learning import course_url
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.training.status import AWAITING_SIGNATURE

LOG, PREFERENCES = "Notification Log", "Notification Settings"
# Learning listens to the bell, to tell its own pages of it in the browser: once a person is enough for that.
OF_LEARNING = "lms.lms.utils.publish_notifications"
# Entries in one statement.
AT_ONCE = 1000


class Bells:
	"""The bells that are to ring for some people, in the transaction that says the same by mail.

	A number of queries for all of them, however many they are. By mail Frappe sends nothing of an "Alert", whatever
	somebody's Notification Settings say.
	"""

	def __init__(self, members: Collection[str]):
		"""
		:param members: users; for who is disabled or has switched the bell off it does not ring
		"""
		self._languages: dict[str, str | None] = {}
		self._waiting: list[dict] = []
		# Most chunks of most days have nobody to tell anything.
		if not members:
			return
		users = frappe.get_all(
			"User", {"name": ("in", list(members)), "enabled": 1}, ["name", "language"], order_by=None
		)
		silent = set(
			frappe.get_all(
				PREFERENCES, {"name": ("in", list(members)), "enabled": 0}, pluck="name", order_by=None
			)
		)
		self._languages = {user.name: user.language for user in users if user.name not in silent}
		self._heard = listeners.hears_of(LOG, listeners.OF_NEW, besides=(OF_LEARNING,))

	def add(self, rows: Sequence[frappe._dict], today: date) -> int:
		"""Add an entry for each open assignment of one member, and return how many these are.

		Where another app or the site listens, each is written now and as a document: what breaks there is that person's.

		:param rows: as ``collect.assignments`` returns them
		:param today: in the site's time zone
		"""
		return self.tell(rows[0].member, lambda: [_entry(row, today) for row in rows])

	def tell(self, user: str, say: Callable[[], list[dict]]) -> int:
		"""Add entries for one person, as ``add`` does, and return how many these are.

		:param say: returns them, as fields of Notification Log; is called in the person's language
		"""
		if user not in self._languages:
			return 0
		with print_language(self._languages[user] or frappe.local.lang):
			entries = say()
		if self._heard:
			for entry in entries:
				make_notification_logs(frappe._dict(entry), [user])
		else:
			self._waiting += [{**entry, "for_user": user} for entry in entries]
		return len(entries)

	def ring(self) -> None:
		"""Write what waits, and let the desks that are open know once it is committed."""
		waiting, self._waiting = self._waiting, []
		if not waiting:
			return
		docs = [
			frappe.get_doc({"doctype": LOG, "name": frappe.generate_hash(length=10), **entry})
			for entry in waiting
		]
		bulk_insert(LOG, docs, chunk_size=AT_ONCE)
		last = {doc.for_user: doc for doc in docs}
		table = frappe.qb.DocType(PREFERENCES)
		frappe.qb.update(table).set(table.seen, 0).where(table.name.isin(sorted(last))).run()
		learning_listens = OF_LEARNING in frappe.get_doc_hooks().get(LOG, {}).get("on_change", ())
		for member, doc in last.items():
			frappe.clear_document_cache(PREFERENCES, member)
			frappe.publish_realtime("notification", after_commit=True, user=member)
			if learning_listens:
				frappe.get_attr(OF_LEARNING)(doc, "on_change")


def _entry(row, today: date) -> dict:
	title, when = plain_text(row.course_title or row.course), due_in_words((row.due_date - today).days)
	if row.status == AWAITING_SIGNATURE:
		when = _("to be signed, {0}").format(when)
	return {
		"type": "Alert",
		"document_type": ASSIGNMENT,
		"document_name": row.name,
		"subject": f"{title}: {when}",
		"from_user": "Administrator",
		"link": course_url(row.course),
	}
