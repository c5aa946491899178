from frappe.model.document import Document


class LMSQuiz(Document):
	def validate(self):
		self.total_marks = sum(row.marks for row in self.questions)
