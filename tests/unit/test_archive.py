"""A ZIP that is made piece by piece: whole at the end, with the sums of all that is in it, and small on the way."""

import hashlib
import io
import tracemalloc
import zipfile
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from smooth_lms_hr.showing.archive import LARGE, Archive, line_of_sum

MADE_ON = datetime(2026, 11, 23, 12)
FILES = st.dictionaries(
	st.text("abcÄ_-/.", min_size=1, max_size=20).filter(lambda path: path != "SUMS"), st.lists(st.binary())
)


@given(FILES)
def test_it_holds_what_was_put_in_and_the_sums_of_it(files):
	archive, content = Archive(MADE_ON), b""
	for path, pieces in files.items():
		content += b"".join(archive.add(path, pieces))
	content += b"".join(archive.end("SUMS"))
	with zipfile.ZipFile(io.BytesIO(content)) as found:
		assert found.testzip() is None
		assert found.namelist() == [*files, "SUMS"]
		for path, pieces in files.items():
			assert found.read(path) == b"".join(pieces)
		sums = "".join(
			line_of_sum(hashlib.sha256(b"".join(pieces)).hexdigest(), path) for path, pieces in files.items()
		)
		assert found.read("SUMS").decode() == sums
		assert all(info.date_time == (2026, 11, 23, 12, 0, 0) for info in found.infolist())


def test_what_was_put_in_is_said_by_its_sum():
	digests = []

	def add(archive):
		digests.append((yield from archive.add("a.txt", ["ä", b"b"])))

	list(add(Archive(MADE_ON)))
	assert digests == [hashlib.sha256("äb".encode()).hexdigest()]


def test_a_large_file_is_never_held_whole():
	piece = bytes(1 << 20)

	def read(archive):
		return sum(len(each) for each in archive.add("large.bin", (piece for _ in range(64)), LARGE + 1))

	tracemalloc.start()
	assert read(Archive(MADE_ON))
	_now, peak = tracemalloc.get_traced_memory()
	tracemalloc.stop()
	assert peak < 8 << 20
