"""Who holds what they have to, and until when: people down, Compliance Types across."""

from frappe import _
from frappe.utils import formatdate

from smooth_lms_hr.showing import compliance_matrix, tables
from smooth_lms_hr.showing.compliance_matrix import Cell, Sums
from smooth_lms_hr.sources.filters import check
from smooth_lms_hr.sources.validation import Day, Name, one_of
from smooth_lms_hr.training.compliance import (
	AWAITING_VERIFICATION,
	COMPLETE,
	COUNTS,
	DUE_FOR_RENEWAL,
	EXPIRED,
	PENDING,
	REVOKED,
	STATUSES,
	WAIVED,
)

# The parts of a bar, worst first, with their colours.
BARS = (
	((EXPIRED, REVOKED), tables.RED),
	((PENDING, AWAITING_VERIFICATION), tables.GREY),
	((DUE_FOR_RENEWAL,), tables.AMBER),
	((COMPLETE, WAIVED), tables.GREEN),
)
TYPES_IN_CHART = 12


def execute(filters: dict | None = None):
	"""Return columns, rows, message, chart and summary, as far as the session user may see them."""
	filters = check(
		filters, "company", "department", "employee",
		compliance_type=Name, status=one_of(*STATUSES), ends_by=Day, **tables.PAGING,
	)  # fmt: skip
	asked, page = compliance_matrix.Asked(filters), tables.Page.of(filters)
	sums, people = asked.sums(), asked.people(page.start, page.length + 1)
	message = None
	if len(people) > page.length:
		people.pop()
		message = page.words_of_more()
	cells = asked.cells([person.employee for person in people])
	types = [filters.compliance_type] if filters.compliance_type else _types(sums, cells)
	rows = [{**person, **_row(person.employee, types, cells)} for person in people]
	return tables.answer(_columns(types), rows, message, _chart(sums), _summary(sums))


def _types(sums: Sums, cells: dict[tuple[str, str], Cell]) -> list[str]:
	return sorted({*sums.by_type, *(of_type for _employee, of_type in cells)}, key=str.casefold)


def _row(employee: str, types: list[str], cells: dict[tuple[str, str], Cell]) -> dict:
	"""Return the cells of a row: what each says, and beside it, for whoever colours it, the status and the record."""
	row = {}
	for number, of_type in enumerate(types):
		cell = cells.get((employee, of_type))
		row[f"type_{number}"] = _in_words(cell) if cell else None
		row[f"type_{number}_status"] = cell and cell.status
		row[f"type_{number}_name"] = cell and cell.name
		if cell:
			row["company"], row["department"] = cell.company, cell.department
	return row


def _in_words(cell: Cell) -> str:
	if not cell.ends_on or cell.status not in (COMPLETE, DUE_FOR_RENEWAL, EXPIRED):
		return _(cell.status)
	# The first day on which it does not count any more.
	day = formatdate(cell.ends_on)
	if cell.status == EXPIRED:
		return _("Expired on {0}").format(day)
	if cell.status == DUE_FOR_RENEWAL:
		return _("Due for Renewal, ends on {0}").format(day)
	return _("Complete, ends on {0}").format(day)


def _columns(types: list[str]) -> list[dict]:
	return [
		tables.column("employee_name", _("Person"), "Data", 170),
		*(tables.column(f"type_{number}", of_type, "Data", 290) for number, of_type in enumerate(types)),
		tables.column("department", _("Department"), "Link", 150, "Department"),
		tables.column("company", _("Company"), "Link", 150, "Company"),
		tables.column("employee", _("Employee"), "Link", 140, "Employee"),
	]


def _chart(sums: Sums) -> dict | None:
	"""Stack, for the types with the most who do not hold them, how many stand how."""
	if not sums.by_type:
		return None

	def missing(of_type: str) -> int:
		return sum(number for status, number in sums.by_type[of_type].items() if status not in COUNTS)

	worst = sorted(sums.by_type, key=lambda of_type: (-missing(of_type), of_type))[:TYPES_IN_CHART]
	names = (_("Expired or Revoked"), _("Pending"), _("Due for Renewal"), _("Complete or Waived"))
	return {
		"data": {
			"labels": worst,
			"datasets": [
				{
					"name": name,
					"values": [sum(sums.by_type[each][status] for status in group) for each in worst],
				}
				for name, (group, _colour) in zip(names, BARS, strict=True)
			],
		},
		"type": "bar",
		"barOptions": {"stacked": 1},
		"colors": [colour for _group, colour in BARS],
	}


def _summary(sums: Sums) -> list[dict]:
	def number(*statuses: str) -> int:
		return sum(of_type[status] for of_type in sums.by_type.values() for status in statuses)

	return [
		{"label": _("People"), "value": sums.people, "datatype": "Int"},
		{
			"label": _("Hold All They Have To"),
			"value": tables.percent_in_words(sums.compliant, sums.people),
			"datatype": "Data",
			"indicator": "Green",
		},
		{
			"label": _("Due for Renewal"),
			"value": number(DUE_FOR_RENEWAL),
			"datatype": "Int",
			"indicator": "Orange",
		},
		{"label": _("Expired"), "value": number(EXPIRED), "datatype": "Int", "indicator": "Red"},
		{
			"label": _("Awaiting Verification"),
			"value": number(AWAITING_VERIFICATION),
			"datatype": "Int",
			"indicator": "Blue",
		},
		{"label": _("Pending"), "value": number(PENDING), "datatype": "Int"},
	]
