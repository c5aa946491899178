def add_lms_student_role(doc, method=None):
	"""User before_insert: everybody who is new may learn; users from before Learning may lack the role."""
	doc.append_roles("LMS Student")
