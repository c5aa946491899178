"""Two who decide the same at once, and two of HR who make it at once, committed, in the processes of worker.py."""

import json
import os
import time
import traceback

import frappe

from smooth_lms_hr import api, daily
from smooth_lms_hr.sources.names import COMPLIANCE, DOCUMENT
from tests.site import bench_harness, factory, killing
from tests.site.askers import at_the_moment
from tests.site.crowd import clear_away
from tests.site.filing import path_of, upload

LICENCE = ("Licence, front", "Licence, back")


def gather_verifiers(rows: int, documents: int) -> dict:
	"""Commit what waits for HR, somebody who is to hold it, and two people of HR.

	:param rows: so many people have proved what HR is to confirm
	:param documents: so many are handed in by one of them; two more are both sides of a licence, which they have to hold
	"""
	began = str(frappe.utils.now_datetime())
	hr = [factory.hr_manager(), factory.hr_manager()]
	held, other = factory.employee(factory.user()), factory.employee(factory.user())
	of_type = factory.compliance_type(documents=["Passport"], needs_verification=1)
	waiting = []
	for each in [held, *(factory.employee(factory.user()) for _ in range(rows - 1))]:
		factory.verified_document(each.name, "Passport")
		waiting.append(factory.compliance(each.name, of_type).name)
	licence = factory.compliance(held.name, factory.compliance_type(documents=LICENCE)).name
	frappe.set_user(held.user_id)
	handed_in = [_hand_in(held.user_id, "Letter") for _ in range(documents)]
	sides = [_hand_in(held.user_id, kind) for kind in LICENCE]
	frappe.set_user("Administrator")
	frappe.db.commit()
	bench_harness._jobs.clear()
	frappe.db.delete("Error Log")
	return {
		"began": began, "hr": hr, "member": held.user_id, "rows": waiting, "documents": handed_in, "sides": sides,
		"licence": licence, "other": other.name, "of_type": of_type,
	}  # fmt: skip


def at_once(calls: list[tuple[str, dict]]) -> list:
	"""Let a child process do each of some calls, all at the same moment, and return what each returns.

	:param calls: each the name of a function here, and what it is called with, ``start_at`` left out
	"""
	frappe.db.commit()
	# A child must not share this process's connection.
	frappe.destroy()
	start_at, children = time.time() + 2, []
	for name, given in calls:
		readable, writable = os.pipe()
		if child := os.fork():
			os.close(writable)
			children.append((child, readable))
			continue
		try:
			killing.connect()
			os.write(writable, json.dumps([globals()[name](start_at=start_at, **given)]).encode())
		except BaseException:
			traceback.print_exc()
		finally:
			os._exit(0)
	answers = []
	for child, readable in children:
		with open(readable) as file:
			said = file.read()
		os.waitpid(child, 0)
		assert said, "it failed, see above"
		answers += json.loads(said)
	killing.connect()
	return answers


def decide_at(user: str, method: str, start_at: float, **given) -> str | None:
	"""Call a method of the API at the agreed moment; return why it failed, None where it was done.

	:param start_at: seconds since the epoch
	:param given: what the method is called with
	"""

	def decide() -> str | None:
		answer = getattr(api, method)(**given)
		return answer["failed"][0]["message"] if answer.get("failed") else None

	return at_the_moment(start_at, user, decide)


def hold_at(hr: str, employee: str, of_type: str, start_at: float) -> str | None:
	"""Let somebody have to hold it at the agreed moment; return the error's words, None where it was done."""

	def hold() -> None:
		frappe.get_doc({"doctype": COMPLIANCE, "employee": employee, "compliance_type": of_type}).insert()

	return at_the_moment(start_at, hr, hold)


def look_at_verifiers(rows: list, documents: list, sides: list, other: str, of_type: str, **_made) -> dict:
	"""Return how all stands: "rows" and "documents" by name, each with how often its history and timeline say so."""
	return {
		"rows": {name: _found(COMPLIANCE, name, "status", "verified_by") for name in rows},
		"documents": {
			name: _found(DOCUMENT, name, "verified_on", "verified_by") for name in (*documents, *sides)
		},
		"held": frappe.db.count(COMPLIANCE, {"employee": other, "compliance_type": of_type}),
		"errors": frappe.get_all("Error Log", pluck="error"),
	}


def let_a_day_pass(licence: str, **_made) -> str:
	"""Return how somebody stands with the licence after it."""
	daily.run()
	return frappe.db.get_value(COMPLIANCE, licence, "status")


def clear_verifiers_away(began: str, **_made) -> None:
	for url in frappe.get_all("File", {"creation": (">=", began)}, pluck="file_url"):
		path_of(url).unlink(missing_ok=True)
	clear_away(began)


def _hand_in(member: str, kind: str) -> str:
	return api.add_my_document(kind, upload(member).file_url)["document"]


def _found(doctype: str, name: str, *fields: str) -> dict:
	about = {"document_type": doctype, "document_name": name}
	return {
		"said": frappe.db.get_value(doctype, name, fields),
		# Of one that nobody has disturbed it is the same.
		"counts": [
			frappe.db.count("Version", {"ref_doctype": doctype, "docname": name}),
			frappe.db.count("Comment", {"reference_doctype": doctype, "reference_name": name}),
			frappe.db.count("Notification Log", about),
		],
	}
