"""Runs one of benchmarks/ on the scratch site of a bench: python3 tests/benchmark.py NAME [--bench PATH]."""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests import bench as benches

if __name__ == "__main__":
	parser = argparse.ArgumentParser()
	parser.add_argument("name")
	parser.add_argument("--bench")
	arguments = parser.parse_args()
	try:
		bench = benches.find(arguments.bench)
		servers = benches.prepare(bench)
	except benches.NoBench as reason:
		sys.exit(f"A benchmark needs a bench: {reason}.")
	try:
		sys.exit(bench.run("-W", "ignore", "-m", f"benchmarks.{arguments.name}", log=False))
	finally:
		benches.stop(servers)
