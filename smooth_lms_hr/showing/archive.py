"""A ZIP that is made piece by piece, however large it gets, with a list of the SHA-256 of all that is in it."""

import hashlib
from collections.abc import Generator, Iterable, Iterator
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

# Bytes above which a ZIP has to be told beforehand how large a file is going to be.
LARGE = 1 << 30
READABLE = 0o100644 << 16


class _Pieces:
	"""What is written to a ZIP and was not handed on yet. It knows no place: ZipFile never goes back then."""

	def __init__(self):
		self._held: list[bytes] = []

	def write(self, piece: bytes) -> int:
		self._held.append(bytes(piece))
		return len(piece)

	def flush(self) -> None:
		pass

	def take(self) -> bytes:
		held, self._held = b"".join(self._held), []
		return held


class Archive:
	"""Each of its methods yields the bytes that come next; ``end`` comes last."""

	def __init__(self, made_on: datetime):
		"""
		:param made_on: what the files in it say of their age, in the site's time zone
		"""
		self._pieces = _Pieces()
		self._zip = ZipFile(self._pieces, "w", ZIP_DEFLATED)
		self._date_time = made_on.timetuple()[:6]
		self._sums: list[str] = []

	def add(self, path: str, pieces: Iterable[str | bytes], size: int = 0) -> Generator[bytes, None, str]:
		"""Put in a file, and return its SHA-256 in hexadecimal.

		:param path: with slashes; nothing else in the archive has it
		:param size: about as many bytes, where it may be large
		"""
		digest = hashlib.sha256()
		info = ZipInfo(path, self._date_time)
		info.compress_type, info.external_attr = ZIP_DEFLATED, READABLE
		with self._zip.open(info, "w", force_zip64=size > LARGE) as file:
			for piece in pieces:
				data = piece.encode() if isinstance(piece, str) else piece
				digest.update(data)
				file.write(data)
				yield self._pieces.take()
		self._sums.append(line_of_sum(digest.hexdigest(), path))
		return digest.hexdigest()

	def end(self, sums: str) -> Iterator[bytes]:
		"""Put in the list of what is in it, as ``sha256sum -c`` reads it, and close.

		:param sums: path of the list
		"""
		yield from self.add(sums, list(self._sums))
		self._zip.close()
		yield self._pieces.take()


def line_of_sum(sha256: str, path: str) -> str:
	"""Return the line that ``sha256sum`` writes of a file."""
	return f"{sha256}  {path}\n"
