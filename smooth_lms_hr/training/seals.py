"""A seal: one SHA-256 over rows in their order and over the seal before, so that none can be changed, added or taken out.

Whoever has the hashes of the rows computes it anew with no more than ``sha256sum``: it is over lines of text, of which the
first is the head of the seal (see ``head``), and the others are the hashes of the rows.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

# Of each row's hash so many digits are listed, so that what is wrong with a broken seal can be named row by row.
LISTED_DIGITS = 12


class Difference(NamedTuple):
	"""What of the rows of a seal is not as it was sealed: names, in their order."""

	changed: list[str]
	added: list[str]
	gone: list[str]


def head(**facts) -> str:
	"""Return the first line that is hashed: what a seal says of itself, the digest of the seal before among it.

	:param facts: text and whole numbers
	"""
	return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class Digest:
	"""The digest of a seal, computed row by row."""

	def __init__(self, head: str):
		self._sha256 = hashlib.sha256(head.encode())

	def add(self, row_hash: str) -> None:
		self._sha256.update(f"\n{row_hash}".encode())

	def value(self) -> str:
		"""Return it in hexadecimal."""
		return self._sha256.hexdigest()


def listed(name: str, row_hash: str) -> str:
	"""Return the line by which a seal lists a row."""
	return f"{name} {row_hash[:LISTED_DIGITS]}"


def difference(sealed: Sequence[str], found: Iterable[str]) -> Difference:
	"""Return what of one kind of rows is not as it was sealed.

	:param sealed: the lines by which a seal lists these rows
	:param found: the lines of the rows that are there now
	"""
	before, now = dict(_split(line) for line in sealed), dict(_split(line) for line in found)
	return Difference(
		changed=[name for name in now if name in before and now[name] != before[name]],
		added=[name for name in now if name not in before],
		gone=[name for name in before if name not in now],
	)


def _split(line: str) -> tuple[str, str]:
	name, _space, digits = line.partition(" ")
	return name, digits
