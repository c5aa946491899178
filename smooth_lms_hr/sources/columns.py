"""Columns of very many rows, each handed over as one text.

A driver of a database makes an object of every value of every row, in Python on Frappe 15: that takes it longer than the
database took to find a hundred thousand rows. Joined by the database, a column of them is one value.
"""

import itertools
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from frappe.query_builder.functions import Coalesce, Count, Sum
from pypika.terms import Function, Term

# What joins the values, and what a comma in one of them is meanwhile: no name has it in it.
COMMA, INSTEAD = ",", "\x1f"
# So many rows are asked for at once: their columns are well below the megabyte at which MariaDB cuts off.
ROWS = 20_000
# Where so few are cut off, by a database that is set to allow next to nothing, they are read row by row.
FEW = 1_000

Columns = list[list[str]]


class Fields(NamedTuple):
	"""What is read of each row: names and what is as long, and what the database writes itself, without commas or umlauts."""

	names: Sequence[Term]
	others: Sequence[Term]


def between(query, moment: Term, begin: datetime, end: datetime, fields: Fields) -> Iterator[Columns]:
	"""Yield the columns of the rows of a query from one moment to another, part by part.

	:param query: without columns
	:param moment: the column that begin and end are about, with an index
	:param end: not included
	:return: a list of texts for each of the fields, the names first; "" for what is empty
	"""
	((number,),) = query.where((moment >= begin) & (moment < end)).select(Count("*")).run()
	parts = -(-number // ROWS)
	bounds = [begin + (end - begin) * part / parts for part in range(parts)] + [end]

	for first, last in itertools.pairwise(bounds):
		yield from _part(query, moment, first, last, fields)


def _part(query, moment: Term, begin: datetime, end: datetime, fields: Fields) -> Iterator[Columns]:
	"""Yield the columns of a part, in halves of it where the database has cut them off."""
	rows, names, others = query.where((moment >= begin) & (moment < end)), fields.names, fields.others
	# The lengths of some are enough: a column that is shorter than one that was not cut off was not either.
	asked = [*(length_of(field) for field in names), *(joined_names(field) for field in names)]
	((number, *found),) = rows.select(Count("*"), *asked, *(_joined(field) for field in others)).run()
	if not number:
		return
	lengths, texts = found[: len(names)], found[len(names) :]
	longest = max(len(text) for text in texts[: len(names)])
	middle = begin + (end - begin) / 2
	if is_whole(texts[: len(names)], lengths, number) and all(
		len(text) < longest for text in texts[len(names) :]
	):
		yield [split(text) for text in texts]
	elif number > FEW and begin < middle < end:
		yield from _part(query, moment, begin, middle, fields)
		yield from _part(query, moment, middle, end, fields)
	else:
		read = rows.select(*names, *others).run()
		yield [
			["" if value is None else str(value) for value in column] for column in zip(*read, strict=True)
		]


def joined_names(field: Term) -> Term:
	"""Return the term of a query that hands over a column of names as one text, for ``split``."""
	return _joined(Function("REPLACE", field, COMMA, INSTEAD))


def _joined(field: Term) -> Term:
	return Function("GROUP_CONCAT", Coalesce(field, ""))


def length_of(field: Term) -> Term:
	"""Return the term of a query for the length of all values of a column: in characters, or for some databases in bytes."""
	return Coalesce(Sum(Function("LENGTH", field)), 0)


def is_whole(texts: Sequence[str], lengths: Sequence[int], number: int) -> bool:
	"""Return whether nothing of some joined columns was cut off.

	:param lengths: what ``length_of`` them says
	:param number: of the rows
	"""
	return all(
		int(length) + number - 1 in (len(text), len(text.encode()))
		for text, length in zip(texts, lengths, strict=True)
	)


def split(text: str) -> list[str]:
	"""Return the values of a joined column."""
	values = text.split(COMMA)
	return [value.replace(INSTEAD, COMMA) for value in values] if INSTEAD in text else values
