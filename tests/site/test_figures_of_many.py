"""What reports and cards count for each reader, against a plain loop over all that there is, document by document."""

import random
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta

import frappe
import pytest
from frappe.utils import get_datetime, getdate

from smooth_lms_hr.record import events
from smooth_lms_hr.showing import audit, figures, kpis, tables, team
from smooth_lms_hr.sources import columns
from smooth_lms_hr.sources.reporting_lines import teams_of
from tests.site import factory
from tests.site.conftest import TODAY
from tests.site.factory import insert
from tests.site.two_companies import limited_hr

ASSIGNMENT, EVENT = "LMS Training Assignment", "LMS Training Event"
STATUSES = ("Pending", "In Progress", "Awaiting Signature", "Completed", "Overdue", "Waived", "Cancelled")
# A comma joins columns, an apostrophe ends texts, and letters may be longer than a byte.
DEPARTMENTS = ("Sales, West", "Bäckerei", "O'Brien's", None)
COMPANIES = ("Here, Ltd", "There Ltd")
BEGIN, END = date(2026, 5, 14), TODAY
READERS = ("HR", "HR of one company", "director", "employee")


@pytest.fixture
def readers(monkeypatch):
	"""Write people of two companies, half of them below a director, what they owe and when they logged in."""
	chance = random.Random(14)
	for company in COMPANIES:
		factory.company(company)
	place = (frappe.db.sql("select max(rgt) from `tabEmployee`")[0][0] or 0) + 1
	people = []
	for number in range(40):
		user = factory.user("Employee", name=f"many-{number:02}@example.com") if number < 2 else None
		people.append(
			{
				"name": f"MANY-{number:02}", "employee_name": f"Person, {number}",
				"user_id": user or f"many{',' * (number % 5 == 0)}-{number:02}@example.com", "status": "Active",
				"company": COMPANIES[number % 3 == 0], "department": DEPARTMENTS[number % 4],
				"lft": 0, "rgt": 0,
			}
		)  # fmt: skip
	ticks = iter(range(place, place + 100))
	# The first leads those up to the twentieth.
	people[0]["lft"] = next(ticks)
	for person in people[1:20]:
		person.update(lft=next(ticks), rgt=next(ticks))
	people[0]["rgt"] = next(ticks)
	for person in people[20:]:
		person.update(lft=next(ticks), rgt=next(ticks))
	insert("Employee", people)
	owed = []
	for person in people:
		for number in range(9):
			status = chance.choice(STATUSES)
			at = datetime.combine(TODAY, datetime.min.time()) - timedelta(
				seconds=chance.randrange(260 * 86400)
			)
			owed.append(
				{
					"name": f"TA-{person['name']}-{number}", "member": person["user_id"], "employee": person["name"],
					"member_name": person["employee_name"], "employee_name": person["employee_name"],
					"company": person["company"], "department": person["department"], "course": f"course-{number}",
					"course_title": f"Course {number}", "cycle": 1, "status": status, "assigned_on": at,
					"due_date": at.date() + timedelta(days=chance.randrange(60)),
					"completed_on": at.date() + timedelta(days=chance.randrange(70))
					if status == "Completed" and number else None,
					"progress": chance.choice((0, 20, 33.333, 100)), "source": chance.choice(("Manual", "Onboarding")),
				}
			)  # fmt: skip
	insert(ASSIGNMENT, owed)
	for row in owed:
		events.write([events.make(frappe._dict(row), events.ASSIGNED, after=str(row["due_date"]))])
	for number, event in enumerate(frappe.get_all(EVENT, pluck="name", order_by="name")):
		at = datetime(2026, 11, 1) + timedelta(hours=number % 400)
		frappe.db.set_value(EVENT, event, "happened_on", at, update_modified=False)
	logins = [
		{
			"name": f"login-{number}", "operation": "Login", "status": "Success",
			"user": chance.choice(people)["user_id"],
			"creation": datetime(2026, 6, 20) + timedelta(hours=number * 37),
		}
		for number in range(90)
	]  # fmt: skip
	frappe.db.delete("Activity Log")
	insert("Activity Log", logins)
	hr = factory.user("HR Manager", "HR User")
	users = (hr, limited_hr(COMPANIES[0], "HR User"), people[0]["user_id"], people[1]["user_id"])
	# Parts of few rows, so that there are many of them.
	monkeypatch.setattr(columns, "ROWS", 25)
	return dict(zip(READERS, users, strict=True))


def seen() -> list:
	"""Return the documents that the session user may read, each asked about by itself."""
	docs = [
		frappe.get_doc(ASSIGNMENT, name) for name in frappe.get_all(ASSIGNMENT, pluck="name", order_by="name")
	]
	return [doc for doc in docs if doc.has_permission("read")]


def is_late(doc) -> bool:
	return doc.status == "Overdue" or (doc.status == "Awaiting Signature" and doc.due_date < TODAY)


def figures_one_by_one(begin: date, end: date, today: date) -> dict:
	found, people, hires = defaultdict(kpis.Figures), defaultdict(lambda: defaultdict(list)), {}
	for doc in seen():
		day = getdate(doc.assigned_on)
		if doc.status == "Cancelled" or not begin <= day <= end:
			continue
		key = day.replace(day=1), doc.department or ""
		people[key][doc.member].append(doc.status)
		if doc.source == "Onboarding":
			hire = doc.member, doc.department or ""
			hires[hire] = min(get_datetime(doc.assigned_on), hires.get(hire, datetime.max))
		if doc.status == "Waived":
			continue
		figure, done = found[key], doc.status == "Completed"
		figure.assigned += 1
		figure.completed += done
		figure.overdue += is_late(doc)
		figure.progress += 100 if done else doc.progress
		if day + timedelta(days=30) <= today:
			figure.judged += 1
			figure.within += done and getdate(doc.completed_on) <= day + timedelta(days=30)
	for key, members in people.items():
		found[key].people = len(members)
		found[key].compliant = sum(set(each) <= {"Completed", "Waived"} for each in members.values())
	logins = frappe.get_all("Activity Log", fields=["user", "creation"], order_by="creation")
	for (member, department), first in hires.items():
		if first >= logins[0].creation:
			figure = found[first.date().replace(day=1), department]
			later = [row.creation for row in logins if row.user == member and row.creation >= first]
			if later:
				figure.login_days.append((later[0] - first).total_seconds() / 86400)
			else:
				figure.not_logged_in += 1
	return found


def comparable(found: dict) -> dict:
	return {
		key: {
			**vars(figure),
			"progress": round(figure.progress, 6),
			"login_days": sorted(round(days, 6) for days in figure.login_days),
		}
		for key, figure in found.items()
	}


@pytest.mark.parametrize("reader", READERS)
def test_the_kpis_are_those_of_the_documents(readers, as_user, reader):
	as_user(readers[reader])
	expected = comparable(figures_one_by_one(BEGIN, END, TODAY))
	assert expected
	assert comparable(kpis.by_month(BEGIN, END, TODAY)) == expected


@pytest.mark.parametrize("reader", READERS)
def test_totals_and_charts_are_those_of_the_documents(readers, as_user, reader):
	as_user(readers[reader])
	docs = seen()
	in_months, overdue = Counter(), Counter()
	for doc in docs:
		if doc.status == "Completed" and doc.completed_on and getdate(doc.completed_on) <= TODAY:
			in_months[getdate(doc.completed_on).replace(day=1), doc.completed_on <= doc.due_date] += 1
		if is_late(doc):
			overdue[doc.department or "No department"] += 1
	assert in_months
	for month, number, in_time in figures.completions_per_month(TODAY, 9):
		assert (number - in_time, in_time) == (in_months[month, False], in_months[month, True])
	expected = sorted(overdue.items(), key=lambda item: -item[1])
	assert sorted(figures.overdue_by_department()) == sorted(expected)
	if reader == "employee":
		return
	places = teams_of(readers[reader]) if reader == "director" else None
	if places:
		docs = [doc for doc in docs if doc.member != readers[reader]]
	docs = [doc for doc in docs if doc.status != "Cancelled"]
	answer = team.training_status(places, page_length=500)
	assert [row.name for row in answer["rows"]] == [doc.name for doc in sorted(docs, key=urgency)]
	completed = [doc for doc in docs if doc.status == "Completed"]
	in_time = sum(bool(doc.completed_on) and doc.completed_on <= doc.due_date for doc in completed)
	assert answer["summary"]["on_time_rate"] == round(100 * in_time / len(completed), 1)
	counts = Counter(doc.status.lower().replace(" ", "_") for doc in docs if doc.status != "Overdue")
	counts["overdue"] = sum(map(is_late, docs))
	assert {key: answer["summary"][key] for key in counts} == counts


def urgency(doc) -> tuple:
	status = "Overdue" if is_late(doc) else doc.status
	place = next(place for place, group in enumerate(team.BY_URGENCY) if status in group)
	return place, doc.due_date, doc.name


@pytest.mark.parametrize("reader", READERS)
def test_the_audit_has_every_event_of_them_once(readers, as_user, reader):
	as_user(readers[reader])
	names = {doc.name for doc in seen()}
	happened = frappe.get_all(
		EVENT, fields=["assignment", "happened_on"], order_by="happened_on desc, name desc", limit=0
	)
	expected = [(row.assignment, row.happened_on) for row in happened if row.assignment in names]
	found = []
	while page := audit.rows(BEGIN, END, None, None, tables.Page(len(found), 50)):
		found += page[:50]
	assert [(row["assignment"], row["changed_on"]) for row in found] == expected


def test_columns_that_a_database_cuts_off_are_read_all_the_same(readers, monkeypatch):
	whole = comparable(kpis.by_month(BEGIN, END, TODAY))
	asked = []
	is_whole = columns.is_whole

	def cut_off(texts, lengths, number):
		asked.append(number)
		return number <= 3 and is_whole(texts, lengths, number)

	monkeypatch.setattr(columns, "is_whole", cut_off)
	monkeypatch.setattr(columns, "ROWS", 10_000)
	for few in (0, 10):
		monkeypatch.setattr(columns, "FEW", few)
		asked.clear()
		assert comparable(kpis.by_month(BEGIN, END, TODAY)) == whole
		assert max(asked) > 10


def test_what_was_cut_off_is_seen_by_its_length():
	assert columns.is_whole(["Bäcker,x"], [7], 2)
	assert columns.is_whole(["Bäcker,x", "a,b"], [8, 2], 2)
	assert not columns.is_whole(["Bäcker,", "a,b"], [8, 2], 2)
	assert not columns.is_whole(["Bäcker,x", "a,b"], [9, 2], 2)
	assert columns.split(f"a{columns.INSTEAD}b,,c") == ["a,b", "", "c"]
