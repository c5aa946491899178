"""Lets one process of several know how far another one is, before that has committed anything."""

import time

import frappe


def say(word: str) -> None:
	"""Say a word to the other processes, until this one ends: as a lock, since nothing else is seen uncommitted."""
	frappe.db.sql("select get_lock(%s, 0)", f"{frappe.local.site}: {word}")


def wait_for(word: str) -> None:
	deadline = time.time() + 120
	while not frappe.db.sql("select is_used_lock(%s)", f"{frappe.local.site}: {word}")[0][0]:
		assert time.time() < deadline, f"nobody said {word!r}"
		time.sleep(0.05)
