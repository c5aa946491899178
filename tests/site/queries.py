"""Listens to what is asked of the database."""

import frappe


class Queries(list):
	"""The SQL of what runs inside: ``with Queries() as queries: ...``, then ``len(queries)``."""

	def __enter__(self):
		sql = frappe.db.sql

		def listen(query, *args, **kwargs):
			self.append(str(query))
			return sql(query, *args, **kwargs)

		frappe.local.db.sql = listen
		return self

	def __exit__(self, *error):
		del frappe.local.db.sql

	def about(self, doctype: str) -> int:
		"""Return how many of them mention a DocType."""
		return sum(doctype in query for query in self)


def number_of(call) -> int:
	"""Return how many queries a call takes."""
	with Queries() as queries:
		call()
	return len(queries)
