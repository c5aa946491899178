"""Starts processes that work on the scratch site of a bench at once (see ``worker``), and reads their answers."""

import json
import subprocess
import sys


def start(function: str, **arguments) -> subprocess.Popen:
	return subprocess.Popen(
		[sys.executable, "-m", "tests.site.worker", function, json.dumps(arguments)],
		stdout=subprocess.PIPE,
		stderr=subprocess.PIPE,
		text=True,
	)


def finish(process: subprocess.Popen, timeout: int = 180):
	try:
		out, err = process.communicate(timeout=timeout)
	except subprocess.TimeoutExpired:
		# Else it would commit what nobody cleans up.
		process.kill()
		raise
	assert process.returncode == 0, err[-3000:]
	return json.loads(out.strip().splitlines()[-1])


def do(function: str, timeout: int = 180, **arguments):
	return finish(start(function, **arguments), timeout)
