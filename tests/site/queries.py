"""Listens to what is asked of the database."""

import re

import frappe


class Queries(list):
	"""The SQL of what runs inside: ``with Queries() as queries: ...``, then ``len(queries)``.

	``given`` holds the values that were handed over beside each: Frappe 16 does so where 15 writes them into the text.
	"""

	def __enter__(self):
		sql = frappe.db.sql
		self.given = []

		def listen(query, *args, **kwargs):
			self.append(str(query))
			self.given.append(args[0] if args else kwargs.get("values"))
			return sql(query, *args, **kwargs)

		frappe.local.db.sql = listen
		return self

	def __exit__(self, *error):
		del frappe.local.db.sql

	def explain(self, number: int) -> list[dict]:
		"""Return how the database answers one of them."""
		given = self.given[number]
		beside = (given,) if given else ()
		# Frappe 16 says of a count how long it may take.
		query = re.sub(r"^\s*set statement .+? for ", "", self[number], flags=re.IGNORECASE)
		return frappe.db.sql(f"explain {query}", *beside, as_dict=True)

	def about(self, doctype: str) -> int:
		"""Return how many of them mention a DocType."""
		return sum(doctype in query for query in self)


def number_of(call) -> int:
	"""Return how many queries a call takes."""
	with Queries() as queries:
		call()
	return len(queries)
