"""Goes over the names of very many records page by page, so that no query and no memory grows with them."""

from collections.abc import Callable, Iterator
from itertools import islice

import frappe

# Names are asked for so many at a time, which is a megabyte of them.
NAMES_PER_QUERY = 10_000


def pages(page: Callable[[tuple | None], list[tuple]]) -> Iterator[str]:
	"""Yield names, page by page.

	:param page: returns the ``NAMES_PER_QUERY`` rows after one that it has returned, None to begin; the name is the last
	        of each
	"""
	rows = page(None)
	while rows:
		yield from (row[-1] for row in rows)
		rows = page(rows[-1]) if len(rows) == NAMES_PER_QUERY else ()


def by_day(query, day, name, after: tuple | None) -> list[tuple]:
	"""Return one page of rows (day, name), in that order.

	:param query: of the records, without columns
	:param day: the column of the day, with ``name`` in one index
	:param after: the last row of the page before
	"""
	if after:
		last, last_name = after
		# Said twice, so that every database begins there in its index.
		query = query.where(day >= last).where((day > last) | ((day == last) & (name > last_name)))
	return query.select(day, name).orderby(day, name).limit(NAMES_PER_QUERY).run()


def chunks_of_names(doctype: str, filters: dict, size: int) -> Iterator[list[str]]:
	"""Yield the names of records in chunks, by name; what was yielded may be changed before the next is asked for.

	:param filters: on other fields than the name
	:param size: how many at most in one
	"""
	after = ""
	while names := frappe.get_all(
		doctype,
		{**filters, "name": (">", after)},
		pluck="name",
		order_by="name",
		limit_page_length=size,
	):
		yield names
		after = names[-1]


def in_chunks(names: Iterator[str], size: int) -> Iterator[list[str]]:
	while chunk := list(islice(names, size)):
		yield chunk
