"""Make the Python environment of the embedded site, or see that it is made. Standard library only.

	python3 embedded/make_env.py

A finished environment carries a stamp; without the right stamp it is made again, so one that was interrupted half-way,
or that belongs to an older list of packages, repairs itself.
"""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "embedded" / "requirements.txt"
FOLDER = ROOT / ".venv"
OURS = FOLDER / ".made_by_make_env"  # there from the start: only what we have made is thrown away
STAMP = FOLDER / ".finished"
OLDEST, NEWEST = (3, 10), (3, 13)
NO_NETWORK = (
	"connection",
	"name resolution",
	"name or service",
	"timed out",
	"getaddrinfo",
	"no matching distribution",
)


class Problem(Exception):
	"""What is in the way, in words for the terminal."""


def main():
	try:
		if sys.version_info < OLDEST:
			raise Problem(
				"Python 3.10 to 3.13 is needed, and this is {}.{} ({}). Name another one: make PYTHON=python3.12 ...".format(
					*sys.version_info[:2], sys.executable
				)
			)
		with lock() as held:
			if not is_finished():
				make(held)
	except Problem as problem:
		print(f"make_env: {problem}", file=sys.stderr)
		return 1
	except KeyboardInterrupt:
		print("\nmake_env: stopped; the half-made environment is made again next time.", file=sys.stderr)
		return 130
	return 0


def wanted():
	identity = f"{sys.version_info[:2]}\n{FOLDER}\n".encode()
	return hashlib.sha256(identity + REQUIREMENTS.read_bytes()).hexdigest()


def is_finished():
	try:
		return STAMP.read_text() == wanted() and python().exists()
	except OSError:
		return False


def python():
	return FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


@contextlib.contextmanager
def lock():
	"""One at a time. The system lets go of the lock when this process and the pip that it started have ended."""
	try:
		import fcntl
	except ImportError:  # Windows
		yield ()
		return
	try:
		(ROOT / ".cache").mkdir(exist_ok=True)
		file = open(str(ROOT / ".cache" / "make_env.lock"), "w")  # noqa: SIM115, open for as long as it is held
	except OSError as error:
		if is_finished():  # nothing to write, then
			yield ()
			return
		raise Problem(f"cannot write in {ROOT}: {error.strerror}") from error
	with file:
		try:
			fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
		except OSError:
			say("Another run is making the environment; waiting for it ...")
			fcntl.flock(file, fcntl.LOCK_EX)
		yield (file.fileno(),)


def make(held):
	if sys.version_info[:2] > NEWEST:
		say("Python {}.{} has not been tried; 3.10 to 3.13 have.".format(*sys.version_info[:2]))
	if FOLDER.exists() and not OURS.exists() and any(FOLDER.iterdir()):
		raise Problem(f"{FOLDER} is there already and was not made by this; move it away.")
	total = sum("==" in line for line in REQUIREMENTS.read_text().splitlines())
	say(f"Making the Python environment in {FOLDER.name} (once, about half a minute, 260 MB) ...")
	started = time.time()
	try:
		shutil.rmtree(str(FOLDER), ignore_errors=True)
		FOLDER.mkdir(exist_ok=True)
		OURS.touch()
		create_venv()
		install(total, held)
		STAMP.write_text(wanted())
	except OSError as error:
		raise Problem(f"cannot write in {FOLDER}: {error.strerror or error}") from error
	say(f"The environment is ready ({time.time() - started:.0f} s).")


def create_venv():
	command = [sys.executable, "-m", "venv", str(FOLDER)]
	done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
	if done.returncode:
		raise Problem(
			f"this Python cannot make an environment: {last_lines(done.stdout.splitlines())}\nOn Debian and Ubuntu the package python3-venv is missing, "
			"or name another Python: make PYTHON=python3.12 ..."
		)


def install(total, held):
	command = [
		str(python()),
		"-m",
		"pip",
		"install",
		"--no-deps",
		"--require-hashes",
		"--progress-bar",
		"off",
	]
	command += ["--disable-pip-version-check", "--no-input", "--requirement", str(REQUIREMENTS)]
	environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME")}
	environment["PIP_USER"] = "0"  # somebody's configuration may say otherwise, and then pip refuses
	pip = subprocess.Popen(
		command,
		env=environment,
		pass_fds=held,
		stdout=subprocess.PIPE,
		stderr=subprocess.STDOUT,
		universal_newlines=True,
	)
	lines, count = [], 0
	try:
		for line in pip.stdout:
			lines.append(line.strip())
			if line.startswith("Collecting "):
				count += 1
				progress("  {} of at most {}: {}".format(count, total, line.split()[1].split("==")[0]))
			elif line.startswith("Installing collected packages"):
				progress(f"  unpacking {count} packages")
	except KeyboardInterrupt:
		pip.terminate()
		pip.wait()
		raise
	finally:
		progress("")
	if pip.wait():
		text = " ".join(lines).lower()
		if any(sign in text for sign in NO_NETWORK) and "hash" not in text:
			raise Problem(
				"the packages could not be fetched. Is there a network, or a package index in pip's configuration?\n"
				+ last_lines(lines)
			)
		raise Problem("pip failed:\n" + last_lines(lines))


def last_lines(lines):
	return "\n".join("  " + line for line in [line for line in lines if line.strip()][-4:])


def progress(text):
	"""One line that is written over, where somebody is looking."""
	if sys.stdout.isatty():
		sys.stdout.write("\r\033[K" + text)
		sys.stdout.flush()


def say(text):
	print(text, flush=True)


if __name__ == "__main__":
	sys.exit(main())
