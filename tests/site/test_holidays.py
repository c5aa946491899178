"""Who is reminded when: not on holidays and weekly offs of one's own, not on leave, not while not at work (rule 12)."""

from datetime import timedelta

import frappe
import pytest

from smooth_lms_hr import api, daily
from smooth_lms_hr.sources import absences
from smooth_lms_hr.sources.settings import get_settings
from tests.site import factory
from tests.site.conftest import TODAY

# Everybody is told something on this day: the member, the manager and HR.
LATE = TODAY + timedelta(days=1)


@pytest.fixture
def chief(settings):
	"""Return somebody of HR, with an Employee record, who sees everybody."""
	return factory.employee(factory.hr_manager(), create_user_permission=0)


@pytest.fixture
def debt(settings, worker, chief, clock):
	"""Return an assignment that is late on LATE, when everybody is to be told."""
	settings.reminder_ladder = []
	settings.append(
		"reminder_ladder", {"offset_days": 1, "notify_member": 1, "notify_manager": 1, "notify_hr": 1}
	)
	settings.notify_on_assignment = 0
	settings.save()
	course = factory.course(is_mandatory=0)
	clock(-30)
	factory.rule(courses=[course], audience=[("Employee", worker.name)])
	clock(0)
	return factory.assignment(member=worker.user_id).name


@pytest.fixture
def told(debt, clock):
	"""Run on a day so many days after TODAY; return who was told, all in all."""

	def run(days: int, kind: str = "Ladder") -> set[str]:
		clock(days)
		daily.run()
		return set(
			frappe.get_all("LMS Training Notification", {"assignment": debt, "kind": kind}, pluck="recipient")
		)

	return run


def give_days_off(employee, *days, by_company: bool = False) -> None:
	"""Let an employee have holidays, as this version of Frappe HR keeps them."""
	name = factory.days_off(*days)
	if frappe.db.exists("DocType", absences.HOLIDAYS_OF):
		frappe.get_doc(
			{
				"doctype": absences.HOLIDAYS_OF,
				"naming_series": "HR-HLA-.YYYY.-",
				"applicable_for": "Company" if by_company else "Employee",
				"assigned_to": employee.company if by_company else employee.name,
				"holiday_list": name,
				"from_date": "2026-01-02",
			}
		).insert(ignore_permissions=True).submit()
	elif by_company:
		frappe.db.set_value("Company", employee.company, "default_holiday_list", name)
	else:
		frappe.db.set_value("Employee", employee.name, "holiday_list", name)


def everybody(worker, boss, chief) -> set[str]:
	return {worker.user_id, boss.user_id, chief.user_id}


class TestHolidays:
	def test_on_a_working_day_everybody_is_told(self, told, worker, boss, chief):
		assert told(1) == everybody(worker, boss, chief)

	@pytest.mark.parametrize("who", ["worker", "boss", "chief"])
	def test_nobody_is_told_on_their_own_and_everybody_else_is(self, told, worker, boss, chief, who):
		off = {"worker": worker, "boss": boss, "chief": chief}[who]
		give_days_off(off, LATE, LATE + timedelta(days=1))
		all_three = everybody(worker, boss, chief)
		assert told(1) == told(2) == all_three - {off.user_id}
		assert told(3) == all_three

	def test_what_is_said_the_next_working_day_is_said_once(self, told, debt, worker):
		give_days_off(worker, LATE)
		for day in (1, 2, 3):
			told(day)
		said = {"assignment": debt, "kind": "Ladder", "recipient": worker.user_id}
		assert frappe.db.count("LMS Training Notification", said) == 1

	def test_the_companys_count_for_whoever_has_none_of_their_own(self, told, worker, boss, chief):
		give_days_off(boss, LATE, by_company=True)
		give_days_off(worker, LATE + timedelta(days=30))
		assert told(1) == {worker.user_id}

	def test_a_user_without_employee_has_none(self, told, chief, boss):
		give_days_off(boss, LATE, by_company=True)
		other = factory.hr_manager()
		assert told(1) == {other}

	def test_where_hr_wants_it_so_holidays_are_days_as_any(self, told, settings, worker, boss, chief):
		settings.reload()
		settings.quiet_on_holidays = 0
		settings.save()
		give_days_off(worker, LATE)
		assert told(1) == everybody(worker, boss, chief)

	def test_a_digest_waits_as_well(self, told, settings, boss, worker):
		settings.reload()
		settings.manager_digest, settings.reminder_ladder = "Weekly", []
		settings.append("reminder_ladder", {"offset_days": 60, "notify_member": 1})
		settings.save()
		# TODAY is a Monday.
		give_days_off(boss, TODAY, LATE)
		assert told(0, "Digest") == told(1, "Digest") == set()
		assert told(2, "Digest") == {boss.user_id}

	def test_what_a_person_asks_for_is_said_at_once(self, debt, worker, hr):
		give_days_off(worker, TODAY)
		assert [row["name"] for row in api.send_reminder([debt])["done"]] == [debt]

	def test_the_first_mail_too(self, settings, worker):
		from smooth_lms_hr.telling import announcements

		give_days_off(worker, TODAY)
		course = factory.course(is_mandatory=0)
		factory.rule(courses=[course], audience=[("Employee", worker.name)])
		name = factory.assignment(member=worker.user_id).name
		assert announcements.announce([name]).mails == 1


class TestAway:
	@pytest.mark.parametrize("status", ["Inactive", "Suspended"])
	def test_to_and_about_whoever_is_not_at_work_nothing_is_said(self, told, worker, boss, chief, status):
		frappe.db.set_value("Employee", worker.name, "status", status)
		assert told(1) == told(2) == set()
		frappe.db.set_value("Employee", worker.name, "status", "Active")
		assert told(3) == everybody(worker, boss, chief)

	def test_to_and_about_whoever_is_on_leave_nothing_is_said(self, told, debt, worker, hr, boss, chief):
		# The debt, which was due on the day before it, does not move.
		factory.leave(worker, LATE, LATE + timedelta(days=13))
		assert told(1) == told(14) == set()
		assert told(15) == everybody(worker, boss, chief) | {hr}

	def test_on_a_short_leave_it_is_said(self, told, worker, hr, boss, chief):
		factory.leave(worker, LATE, LATE + timedelta(days=12))
		assert told(1) == everybody(worker, boss, chief) | {hr}

	def test_a_manager_on_leave_is_told_after_it(self, told, worker, boss, hr, chief):
		factory.leave(boss, TODAY, TODAY + timedelta(days=13))
		assert told(1) == {worker.user_id, chief.user_id, hr}
		assert told(14) == everybody(worker, boss, chief) | {hr}

	def test_the_digest_says_nothing_of_them(self, told, settings, worker, hr):
		settings.reload()
		settings.manager_digest = "Daily"
		settings.save()
		factory.leave(worker, TODAY + timedelta(days=1), TODAY + timedelta(days=14))
		assert told(1, "Digest") == set()


class TestRead:
	def test_the_active_one_of_two_records_counts(self, settings):
		gone = factory.employee(factory.user(), status="Inactive")
		user = gone.user_id
		assert absences.of_users([user], TODAY, get_settings()).away == {user}
		factory.employee(user)
		assert absences.of_users([user], TODAY, get_settings()).away == frozenset()

	def test_it_takes_as_many_queries_for_many_as_for_few(self, settings):
		from tests.site.queries import number_of

		users = [factory.user() for _ in range(5)]
		for user in users:
			give_days_off(factory.employee(user), TODAY)
		absences.of_users(users[:1], TODAY, get_settings())
		few = number_of(lambda: absences.of_users(users[:1], TODAY, get_settings()))
		many = number_of(lambda: absences.of_users(users, TODAY, get_settings()))
		assert few == many <= 6
		assert absences.of_users(users, TODAY, get_settings()).off == set(users)

	def test_the_latest_list_that_is_assigned_counts(self, settings):
		if not frappe.db.exists("DocType", absences.HOLIDAYS_OF):
			pytest.skip("Frappe HR assigns lists of holidays since version 16")
		owner = factory.employee(factory.user())
		give_days_off(owner, TODAY)
		later = frappe.get_doc(
			{
				"doctype": absences.HOLIDAYS_OF,
				"naming_series": "HR-HLA-.YYYY.-",
				"applicable_for": "Employee",
				"assigned_to": owner.name,
				"holiday_list": factory.days_off(LATE),
				"from_date": "2026-11-01",
			}
		).insert(ignore_permissions=True)
		assert absences.of_users([owner.user_id], TODAY, get_settings()).off == {owner.user_id}
		later.submit()
		assert absences.of_users([owner.user_id], TODAY, get_settings()).off == frozenset()
