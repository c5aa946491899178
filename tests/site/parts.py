"""The queue of a run that several jobs share, without workers: a test says which job runs when."""

import frappe

from smooth_lms_hr.assigning import campaign_runs, shared_work
from smooth_lms_hr.showing import binder, binder_runs
from smooth_lms_hr.sources import jobs

PART, WHOLE = (f"smooth_lms_hr.assigning.campaign_runs.{name}" for name in ("work_part", "work"))
OF_BINDER = "smooth_lms_hr.showing.binder_runs.work_part"


class Parts:
	"""Jobs of a campaign or a binder that wait, each as the options that it was put in the queue with."""

	def __init__(self):
		self.waiting: list[dict] = []
		self.running: str | None = None
		self.most = 0

	def enqueue(self, method, **options):
		# Users who are made put jobs of their own in the queue.
		if method not in (PART, WHOLE, OF_BINDER) or (
			options["deduplicate"] and self.knows(options["job_id"])
		):
			return
		self.waiting.append({"method": method, **options})
		self.most = max(self.most, len(self.waiting))

	def knows(self, job_id: str) -> bool:
		return job_id == self.running or any(job_id == job["job_id"] for job in self.waiting)

	def numbers(self) -> list[int]:
		return [job["part"] for job in self.waiting]

	def run_one(self, place: int = 0) -> None:
		"""Run a job that waits, as the worker would, and forget it however it ends."""
		# As the request does at its end.
		frappe.db.commit()
		job = self.waiting.pop(place)
		self.running = job["job_id"]
		try:
			frappe.get_attr(job["method"])(
				**{
					key: value
					for key, value in job.items()
					if key in ("run", "part", "people", "courses", "due_date")
				}
			)
			frappe.db.commit()
		finally:
			frappe.db.rollback()
			self.running = None

	def run(self) -> int:
		"""Run all jobs that wait, and those that they put in the queue; return how many these were."""
		done = 0
		while self.waiting:
			self.run_one()
			done += 1
		return done


def take_over(monkeypatch) -> Parts:
	"""Let what a test starts wait here: steps of two people, parts of two steps, two parts at once."""
	queue = Parts()
	monkeypatch.setattr(campaign_runs, "AT_ONCE", 2)
	monkeypatch.setattr(campaign_runs, "PER_COMMIT", 2)
	monkeypatch.setattr(binder, "AT_ONCE", 2)
	monkeypatch.setattr(binder_runs, "PER_STEP", 2)
	monkeypatch.setattr(shared_work, "STEPS_PER_PART", 2)
	monkeypatch.setattr(jobs, "is_job_enqueued", queue.knows)
	monkeypatch.setattr(jobs, "count_long_workers", lambda: 0)
	monkeypatch.setattr(frappe, "enqueue", queue.enqueue)
	return queue
