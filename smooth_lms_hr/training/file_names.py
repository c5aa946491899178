"""Names of files that every system takes, made of what people have typed."""

import hashlib
import unicodedata

# As long as leaves room for what is put before and behind it: systems take 255 bytes, and a letter may be four.
LONGEST = 48
# What Windows takes for a device, whatever follows the dot.
DEVICES = frozenset(
	("con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10)))
)
# What may stand in a name beside letters and digits.
KEPT = frozenset("-_.")


def file_name(text: str) -> str:
	"""Return a text as the name of a file or folder, without anything that leads elsewhere or cannot be seen."""
	letters = unicodedata.normalize("NFC", text)
	name = "".join(letter if letter.isalnum() or letter in KEPT else "_" for letter in letters)
	# A dot at the beginning hides a file, two lead out of the folder; one at the end is dropped by Windows.
	name = name.strip("._")[:LONGEST].strip("._")
	if not name or name.split(".")[0].lower() in DEVICES:
		return f"_{name}"
	return name


def own_file_name(text: str) -> str:
	"""Return the same, and another one for every other text."""
	name = file_name(text)
	return name if name == text else f"{name}-{hashlib.sha256(text.encode(errors='replace')).hexdigest()[:8]}"
