"""A binder as whoever gets it has it: unpacked, and checked with the tools of the machine."""

import csv
import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from werkzeug.wrappers import Response

from smooth_lms_hr.record import evidence

PDF = b"%PDF-1.4 as small as can be\n%%EOF\n"
HTML, RECORD = "people/{0}.html", "record/{0}.tsv"
# As the README has it.
ROWS = """cat record/*.tsv | while IFS="$(printf '\\t')" read -r seal name hash text; do
       test "$(printf '%s\\n%s' "$name" "$text" | sha256sum | cut -d' ' -f1)" = "$hash" || echo "DIFFERS: $name"
     done"""


class Binder:
	"""What a request for a binder was answered with, or the bytes of its file."""

	def __init__(self, answer):
		if not isinstance(answer, bytes):
			answer, response = b"".join(answer.response), answer
			response.close()
		self.zip = zipfile.ZipFile(io.BytesIO(answer))
		assert self.zip.testzip() is None

	def names(self) -> set[str]:
		return set(self.zip.namelist())

	def text(self, name: str) -> str:
		return self.zip.read(name).decode()

	def page(self, employee: str) -> str:
		return self.text(HTML.format(employee))

	def all_text(self) -> str:
		return "\n".join(self.text(name) for name in self.names() if not name.endswith(("xlsx", "pdf")))

	def index(self) -> list[dict]:
		"""Return the rows of index.csv, by the heads."""
		text = self.text("index.csv")
		assert text.startswith("\ufeff")
		return list(csv.DictReader(io.StringIO(text[1:])))

	def people(self) -> set[str]:
		return {
			name.split("/")[1].removesuffix(".html") for name in self.names() if name.startswith("people/")
		}

	def unpack(self, folder: Path) -> Path:
		self.zip.extractall(folder)
		return folder


def readable(answer):
	"""Return what a method has answered as something to look into: of a binder the names and all that it says."""
	if not isinstance(answer, Response):
		return answer
	binder = Binder(answer)
	return [sorted(binder.names()), binder.all_text()]


def shell(command: str, folder: Path) -> subprocess.CompletedProcess:
	"""Run a command of the README in the folder that a binder was unpacked to."""
	if not shutil.which("sha256sum"):
		pytest.skip("needs sha256sum")
	return subprocess.run(
		["sh", "-c", command], cwd=folder, capture_output=True, text=True, check=False, timeout=60
	)


def with_file(name: str, content: bytes = PDF) -> str:
	"""Give evidence its certificate file."""
	assert evidence.attach(name, f"certificate-{name}.pdf", [content])
	return name
