"""Queries whose text is put together once: it takes longer than the database needs to answer, and somebody waits."""

import inspect
from collections.abc import Callable
from functools import lru_cache, wraps

import frappe
from pypika import Parameter

# Texts of one query, each of a site: these may be of several versions and databases.
SITES = 128


def prepared(build: Callable) -> Callable:
	"""Return a function that runs a query with values for its parameters, and takes ``as_dict`` as ``run`` of a query does.

	:param build: returns the query; it is called once for each site, with a place for the value of each parameter. Many
	        values of one, for ``isin``, are handed over as a list that is not empty
	"""
	names = tuple(inspect.signature(build).parameters)

	@lru_cache(SITES)
	def built(_site: str) -> tuple[str, dict]:
		return build(*(Parameter(f"%({name})s") for name in names)).walk()

	@wraps(build)
	def run(*values, as_dict: bool = False):
		# The text is made of what stands in the code alone; values are handed over beside it.
		text, constants = built(frappe.local.site)
		given = constants | dict(zip(names, values, strict=True))
		return frappe.db.sql(text, given, as_dict=as_dict)  # nosemgrep

	return run
