"""One link of the chain over events and evidence. Seals are written by ``record.seal`` alone, and stay as they were written."""

import frappe
from frappe import _
from frappe.model.document import Document


class LMSTrainingSeal(Document):
	def before_insert(self):
		self._refuse(_("Training seals are written by the daily run, not by hand."))

	def before_validate(self):
		self._refuse(_("Training seal {0} is on record: it cannot be changed.").format(self.name))

	def before_rename(self, old: str, new: str, merge: bool = False):
		self._refuse(_("Training seal {0} is on record: it cannot be renamed.").format(old))

	def on_trash(self):
		self._refuse(_("Training seal {0} is on record: it cannot be deleted.").format(self.name))

	def _refuse(self, why: str):
		frappe.throw(why, frappe.PermissionError, title=_("On Record"))
