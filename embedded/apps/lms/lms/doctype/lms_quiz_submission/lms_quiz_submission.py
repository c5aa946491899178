import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint


class MaximumAttemptsExceededError(frappe.DuplicateEntryError):
	pass


class LMSQuizSubmission(Document):
	def validate(self):
		most = cint(frappe.db.get_value("LMS Quiz", self.quiz, "max_attempts"))
		tried = {"quiz": self.quiz, "member": self.member, "name": ("!=", self.name)}
		if most and frappe.db.count(self.doctype, tried) >= most:
			frappe.throw(_("You have exceeded the maximum number of attempts"), MaximumAttemptsExceededError)
		self.score = sum(cint(row.marks) for row in self.result)
		if self.score and self.score_out_of:
			self.percentage = self.score / self.score_out_of * 100
