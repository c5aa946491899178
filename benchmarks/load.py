"""People at work on one server: learners, managers and HR at once, on gunicorn as a bench ships it.

50 people look at /my-training and 10 managers at /my-team-training, each again after a pause; HR Managers save Employee
Onboardings by REST, so many a second, whoever waits; and some look at a list of the desk, which is Frappe's own, on the same
workers in the same minute: what everybody waits for there is the server. All of them are logged in. At its end it says how
long what took, how many a second were asked for and done, and whether what was saved is there: everything, and once.

    make bench-load BENCH=~/frappe-bench
    make bench-load ARGS="--seconds 60 --saves 10 --pause 3 --workers 5"
"""

import argparse
import multiprocessing
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor

import frappe
import requests
from frappe.model.document import bulk_insert
from frappe.utils import now_datetime
from frappe.utils.background_jobs import get_queue
from frappe.utils.password import update_password

from benchmarks import table
from smooth_lms_hr import api, daily
from tests.site import bench_harness, crowd, factory

PEOPLE, MANAGERS, HR, CLERKS, COURSES = 50, 10, 5, 5, 5
PASSWORD = "Only-4-the-load!"
# Looks at each page beforehand, and seconds after which somebody gives up waiting.
WARM_UP, PATIENCE = 20, 600
ASSIGNMENT, ENROLLMENT, ONBOARDING = "LMS Training Assignment", "LMS Enrollment", "Employee Onboarding"
LEDGER = "LMS Training Notification"
PAGES = {
	"/my-training": "/my-training",
	"/my-team-training": "/my-team-training",
	"Frappe's own list": "/api/method/frappe.desk.reportview.get?doctype=Employee&page_length=20"
	"&fields=%5B%22name%22%2C%22employee_name%22%2C%22status%22%2C%22modified%22%5D&order_by=modified+desc",
}
SAVE = "HR's save"


def gather(hires: int) -> dict:
	"""Commit everybody, what they owe, and whom HR is going to onboard."""
	began = str(now_datetime())
	factory.mail_account()
	frappe.db.set_value("LMS Course", {"is_mandatory": 1}, "is_mandatory", 0, update_modified=False)
	bosses = [factory.employee(factory.user()) for _ in range(MANAGERS)]
	people = [
		factory.employee(factory.user(), reports_to=bosses[number % MANAGERS].name)
		for number in range(PEOPLE)
	]
	hr = [factory.hr_manager() for _ in range(HR + CLERKS)]
	courses = [factory.course() for _ in range(COURSES)]
	frappe.set_user(hr[0])
	api.assign_mandatory_training([person.user_id for person in people], courses=courses)
	frappe.set_user("Administrator")
	users = {
		"/my-training": [person.user_id for person in people],
		"/my-team-training": [boss.user_id for boss in bosses],
		SAVE: hr[:HR],
		"Frappe's own list": hr[HR:],
	}
	for names in users.values():
		for user in names:
			update_password(user, PASSWORD)
	made = {"began": began, "users": users, "courses": courses, "onboardings": _new_hires(hires)}
	frappe.db.commit()
	return made


def _new_hires(number: int) -> list[dict]:
	"""Return onboardings to be saved; everybody is copied from one, since what is measured comes later."""
	employee, applicant = factory.employee(factory.user()), factory.applicant()
	offer = factory.offer(applicant)
	first = factory.new_onboarding(job_applicant=applicant, job_offer=offer, employee=employee.name)
	copies, bodies = defaultdict(list), []
	for _ in range(number):
		key = frappe.generate_hash(length=10)
		names = {
			"User": f"{key}@example.com",
			"Employee": f"{employee.name}-{key}",
			"Job Applicant": f"{applicant}-{key}",
			"Job Offer": f"{offer}-{key}",
		}
		own = {
			"User": {"email": names["User"], "username": key, "first_name": key},
			"Employee": {"user_id": names["User"], "employee": names["Employee"]},
			"Job Applicant": {"email_id": names["User"]},
			"Job Offer": {"job_applicant": names["Job Applicant"]},
		}
		originals = {
			"User": employee.user_id,
			"Employee": employee.name,
			"Job Applicant": applicant,
			"Job Offer": offer,
		}
		for doctype, name in names.items():
			doc = frappe.copy_doc(frappe.get_cached_doc(doctype, originals[doctype]))
			doc.update({"name": name, "creation": now_datetime(), "modified": now_datetime(), **own[doctype]})
			if doctype == "Employee":
				# A tree by numbers, which nobody climbs here.
				doc.update({"lft": 0, "rgt": 0})
			for child in doc.get_all_children():
				child.update({"parent": name, "name": frappe.generate_hash(length=10)})
			copies[doctype].append(doc)
		body = first.as_dict(no_default_fields=True, convert_dates_to_str=True, no_nulls=True)
		body["activities"] = [dict(row) for row in body["activities"]]
		bodies.append(
			{
				**body,
				"job_applicant": names["Job Applicant"],
				"job_offer": names["Job Offer"],
				"employee": names["Employee"],
			}
		)
	for doctype, docs in copies.items():
		# With their child rows.
		bulk_insert(doctype, docs)
	return bodies


class Log:
	"""How long each request took, and what was wrong with it."""

	def __init__(self):
		self.seconds: dict[str, list[float]] = defaultdict(list)
		self.errors: dict[str, Counter] = defaultdict(Counter)
		self.saved: list[str] = []
		self._lock = threading.Lock()

	def ask(self, kind: str, call, read=lambda answer: None) -> None:
		started = time.perf_counter()
		try:
			answer = call()
			wrong = None if answer.status_code == 200 else f"{answer.status_code}: {answer.text[:200]}"
		except requests.RequestException as error:
			wrong = type(error).__name__
		with self._lock:
			self.seconds[kind].append(time.perf_counter() - started)
			if wrong:
				self.errors[kind][wrong] += 1
			else:
				read(answer)


def log_in(base: str, user: str) -> requests.Session:
	session = requests.Session()
	session.headers.update(
		{"X-Frappe-Site-Name": bench_harness.SITE, "Accept": "application/json, text/html"}
	)
	answer = session.post(f"{base}/api/method/login", data={"usr": user, "pwd": PASSWORD}, timeout=PATIENCE)
	answer.raise_for_status()
	return session


def load(base: str, made: dict, seconds: float, saves: float, pause: float) -> Log:
	log = Log()
	with ThreadPoolExecutor(8) as pool:
		users = [(kind, user) for kind, names in made["users"].items() for user in names]
		sessions = list(pool.map(lambda pair: (pair[0], log_in(base, pair[1])), users))
	lookers = [(kind, session) for kind, session in sessions if kind in PAGES]
	savers = [session for kind, session in sessions if kind == SAVE]
	# Each page some times for each worker, so that nobody pays for what is compiled and cached but once.
	with ThreadPoolExecutor(WARM_UP) as pool:
		for kind in PAGES:
			warm = [session for each, session in lookers if each == kind] * WARM_UP
			url = base + PAGES[kind]
			list(pool.map(lambda session, url=url: session.get(url, timeout=PATIENCE), warm[:WARM_UP]))
	begin = time.monotonic() + 1
	end = begin + seconds

	def look(number: int, kind: str, session: requests.Session) -> None:
		# Not all in the same instant, again and again: people come when they come.
		time.sleep(max(0, begin - time.monotonic()) + pause * number / len(lookers))
		while time.monotonic() < end:
			log.ask(kind, lambda: session.get(base + PAGES[kind], timeout=PATIENCE))
			time.sleep(pause)

	def save(number: int, body: dict) -> None:
		# A session of its own each time, with the cookie: one session at a time is what a browser does.
		log.ask(
			SAVE,
			lambda: requests.post(
				f"{base}/api/resource/{ONBOARDING}",
				json=body,
				cookies=savers[number % len(savers)].cookies,
				headers=savers[0].headers,
				timeout=PATIENCE,
			),
			read=lambda answer: log.saved.append(answer.json()["data"]["name"]),
		)

	threads = [
		threading.Thread(target=look, args=(number, kind, session))
		for number, (kind, session) in enumerate(lookers)
	]
	for thread in threads:
		thread.start()
	# Those who save wait for the server, the next one does not wait for those.
	with ThreadPoolExecutor(max(1, len(made["onboardings"]))) as pool:
		for number, body in enumerate(made["onboardings"]):
			time.sleep(max(0, begin + number / saves - time.monotonic()))
			pool.submit(save, number, body)
	log.took = time.monotonic() - begin
	for thread in threads:
		thread.join()
	return log


def check(made: dict, log: Log) -> list[str]:
	"""Return what is lost, or there twice, after a daily run has said what is to be said."""
	# The jobs that announce are lost: there is no worker here, and the daily run makes up for them.
	get_queue("short").empty()
	frappe.db.rollback()
	employees = {body["employee"] for body in made["onboardings"]}
	stored = frappe.get_all(
		ONBOARDING, {"employee": ("in", list(employees))}, ["name", "employee", "training_status"]
	)
	found = [f"lost: {name}" for name in set(log.saved) - {row.name for row in stored}]
	found += [
		f"onboarded twice: {employee}"
		for employee, number in Counter(row.employee for row in stored).items()
		if number > 1
	]
	found += [f"{row.name} is {row.training_status}" for row in stored if row.training_status != "Assigned"]
	daily.run()
	frappe.db.commit()
	rows = frappe.get_all(
		ASSIGNMENT, {"course": ("in", made["courses"])}, ["name", "employee", "member", "course"]
	)
	owed = Counter((row.employee, row.course) for row in rows)
	expected = {(row.employee, course) for row in stored for course in made["courses"]}
	found += [f"not assigned: {pair}" for pair in expected - set(owed)]
	enrolled = Counter(
		tuple(row)
		for row in frappe.get_all(
			ENROLLMENT, {"course": ("in", made["courses"])}, ["member", "course"], as_list=True
		)
	)
	said = Counter(frappe.get_all(LEDGER, {"kind": "Assigned"}, pluck="assignment"))
	for what, counted in (("assigned", owed), ("enrolled", enrolled), ("said", said)):
		found += [f"{what} twice: {key}" for key, number in counted.items() if number > 1]
	found += [
		f"not enrolled: {row.member}, {row.course}"
		for row in rows
		if (row.member, row.course) not in enrolled
	]
	found += [f"never said: {row.name}" for row in rows if row.name not in said]
	return found


def show(log: Log, seconds: float, saves: float, found: list[str]) -> list[table.Row]:
	rows = []
	print(
		f"{'':20} {'asked':>6} {'errors':>7} {'a second':>9} {'median':>8} {'p95':>8} {'longest':>8}   p95 / list"
	)
	of_list = percentile(log.seconds["Frappe's own list"])
	for kind in (*PAGES, SAVE):
		took = log.seconds[kind]
		over = log.took if kind == SAVE else seconds
		print(
			f"{kind:20} {len(took):6} {log.errors[kind].total():7} {len(took) / over:9.1f}"
			f" {statistics.median(took):7.2f}s {percentile(took):7.2f}s {max(took):7.2f}s"
			f" {percentile(took) / of_list:12.2f}"
		)
		rows.append(
			table.Row(
				f"{kind} under load: p95, against Frappe's own list; {log.errors[kind].total()} errors",
				f"{len(took) / over:.1f} a second",
				ours=f"{percentile(took):.2f} s",
				plain=f"{of_list:.2f} s",
				ratio=percentile(took) / of_list,
				times=len(took),
			)
		)
	done = len(log.seconds[SAVE]) / log.took
	print(
		f"saves: {saves:g} a second asked for, {done:.1f} done: the last was answered after {log.took:.0f} s"
	)
	for kind, errors in log.errors.items():
		for error, number in errors.most_common(3):
			print(f"  {kind}: {number} times {error}")
	print(f"saved {len(log.saved)}; lost or twice: {len(found)}")
	for line in found[:10]:
		print(f"  {line}")
	return rows


def percentile(seconds: list[float], percent: int = 95) -> float:
	return sorted(seconds)[min(len(seconds) - 1, len(seconds) * percent // 100)]


def serve(port: int, workers: int) -> subprocess.Popen:
	"""Start gunicorn with what ``bench setup supervisor`` writes for it."""
	command = [
		*(sys.executable, "-m", "gunicorn.app.wsgiapp", "-b", f"127.0.0.1:{port}", "-w", str(workers)),
		*("--max-requests", "5000", "--max-requests-jitter", "500", "-t", "120", "--graceful-timeout", "30"),
		*("frappe.app:application", "--preload", "--log-level", "warning"),
	]
	server = subprocess.Popen(command)
	for _ in range(300):
		with socket.socket() as probe:
			if probe.connect_ex(("127.0.0.1", port)) == 0:
				return server
		time.sleep(0.2)
	server.terminate()
	raise SystemExit("gunicorn did not come up")


def main() -> None:
	parser = argparse.ArgumentParser()
	parser.add_argument("--seconds", type=float, default=60)
	parser.add_argument("--saves", type=float, default=10, help="of HR, a second")
	parser.add_argument("--pause", type=float, default=3, help="seconds between two looks of the same person")
	parser.add_argument(
		"--workers", type=int, default=2 * multiprocessing.cpu_count() + 1, help="as bench counts them"
	)
	asked = parser.parse_args()
	with socket.socket() as probe:
		probe.bind(("127.0.0.1", 0))
		port = probe.getsockname()[1]
	made = gather(int(asked.seconds * asked.saves))
	print(f"{frappe.utils.now()}: everybody is there", flush=True)
	server = serve(port, asked.workers)
	try:
		log = load(f"http://127.0.0.1:{port}", made, asked.seconds, asked.saves, asked.pause)
		found = check(made, log)
	finally:
		server.terminate()
		server.wait(60)
		frappe.db.rollback()
		crowd.clear_away(made["began"])
		frappe.db.commit()
	print(
		f"{PEOPLE} people, {MANAGERS} managers, {asked.workers} workers, {asked.pause:g} s between two looks"
	)
	table.hand_over(show(log, asked.seconds, asked.saves, found))


if __name__ == "__main__":
	bench_harness.start()
	main()
