"""Programs and batches of Learning, which people join as a whole. The other half of the door is ``learning``."""

from collections.abc import Collection

import frappe
from frappe import _
from frappe.query_builder.functions import Count

from smooth_lms_hr.sources.learning import as_administrator
from smooth_lms_hr.training.rules import BATCH, PROGRAM

PROGRAM_MEMBER, BATCH_ENROLLMENT = "LMS Program Member", "LMS Batch Enrollment"


def members_of(kind: str, names: Collection[str], members: Collection[str]) -> set[tuple[str, str]]:
	"""Return who of these is in which of the programs or batches: pairs of its name and the user."""
	if not names or not members:
		return set()
	doctype, group = (PROGRAM_MEMBER, "parent") if kind == PROGRAM else (BATCH_ENROLLMENT, "batch")
	rows = frappe.get_all(
		doctype,
		filters={group: ("in", list(names)), "member": ("in", list(members))},
		fields=[f"{group} as of_group", "member"],
		order_by=None,
	)
	return {(row.of_group, row.member) for row in rows}


def join(kind: str, name: str, member: str) -> None:
	"""Make somebody a member of a program or a batch, unless they are already.

	Who comes at the same time waits: Learning has no index that forbids a second membership, nor one seat too many.

	:raises frappe.ValidationError: where Learning refuses, for example because the batch is full
	"""
	frappe.db.get_value(kind, name, "name", for_update=True)
	if kind == PROGRAM:
		_join_program(name, member)
	else:
		_join_batch(name, member)


def _join_program(program: str, member: str) -> None:
	if frappe.db.get_value(PROGRAM_MEMBER, {"parent": program, "member": member}, for_update=True):
		return
	row = {
		"doctype": PROGRAM_MEMBER,
		"parent": program,
		"parenttype": PROGRAM,
		"parentfield": "program_members",
		"member": member,
		"full_name": frappe.get_cached_value("User", member, "full_name"),
	}
	with as_administrator():
		frappe.get_doc(row).insert(ignore_permissions=True)
	members = frappe.qb.DocType(PROGRAM_MEMBER)
	(count,) = frappe.qb.from_(members).select(Count("*")).where(members.parent == program).run(pluck=True)
	frappe.db.set_value(PROGRAM, program, "member_count", count, update_modified=False)


def _join_batch(batch: str, member: str) -> None:
	enrolled = frappe.qb.DocType(BATCH_ENROLLMENT)
	# Locked: what another transaction has committed since this one began counts too.
	taken = (
		frappe.qb.from_(enrolled)
		.select(enrolled.member)
		.where(enrolled.batch == batch)
		.for_update()
		.run(pluck=True)
	)
	if member in taken:
		return
	seats = frappe.db.get_value(BATCH, batch, "seat_count")
	if seats and len(taken) >= seats:
		frappe.throw(_("The batch {0} is full: all of its {1} seats are taken.").format(batch, seats))
	with as_administrator():
		frappe.get_doc({"doctype": BATCH_ENROLLMENT, "batch": batch, "member": member}).insert(
			ignore_permissions=True
		)
