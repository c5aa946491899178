"""The binder: what is in it, and that anybody can check it with the tools of any machine."""

import csv
import errno
import hashlib
import io
import json
from datetime import datetime

import frappe
import pytest

from smooth_lms_hr import api
from smooth_lms_hr.record.evidence import Signature
from smooth_lms_hr.showing import binder, binder_zip
from smooth_lms_hr.sources import private_files
from smooth_lms_hr.sources.names import EVENT, EVIDENCE, SEAL
from tests.site import factory
from tests.site.binders import PDF, RECORD, ROWS, Binder, shell, with_file
from tests.site.conftest import TODAY
from tests.site.sealing import learned, seal_all, tamper

SIGNED = Signature("I will follow <the> policy.", "Ana Lima", frappe.utils.get_datetime(f"{TODAY} 09:30:00"))


@pytest.fixture
def certified(owed, hours):
	"""Evidence of what the hire owes, with a signature and a certificate, sealed."""
	name = with_file(learned(owed, signature=SIGNED))
	hours(3)
	seal_all()
	return frappe.get_doc(EVIDENCE, name)


def export(*args, **kwargs) -> Binder:
	return Binder(api.export_evidence(*args, **kwargs))


def test_it_holds_an_index_a_page_the_certificate_and_the_sums(certified, hr):
	binder = export([certified.employee])
	certificate = f"certificates/{certified.employee}/Fire_Safety-{certified.name}.pdf"
	assert binder.names() == {
		"index.csv",
		"index.xlsx",
		f"people/{certified.employee}.html",
		f"record/{certified.employee}.tsv",
		certificate,
		"RECORDED.sha256",
		"SHA256SUMS",
		"README.txt",
		"seals.csv",
	}
	assert binder.zip.read(certificate) == PDF
	# It is on the employee's file by itself.
	(row,) = [row for row in binder.index() if row["Record"] != "Document"]
	assert (row["Employee"], row["Title"], row["Evidence"]) == (
		certified.employee,
		"Fire Safety",
		certified.name,
	)
	assert (row["File"], row["File Found"]) == (certificate, "as on record")
	assert (row["SHA-256 on Record"], row["Row Hash"]) == (certified.sha256, certified.row_hash)
	assert row["Seal"] == frappe.get_all(SEAL, pluck="name")[0]
	assert (row["Signed As"], row["Training Hours"]) == ("Ana Lima", "1.5")


def test_whoever_gets_it_checks_it_as_the_readme_says(certified, hr, tmp_path):
	binder = export([certified.employee])
	folder = binder.unpack(tmp_path)
	readme = binder.text("README.txt")
	for command in ("sha256sum -c SHA256SUMS", "sha256sum -c RECORDED.sha256"):
		assert command in readme
		checked = shell(command, folder)
		assert checked.returncode == 0, checked.stdout + checked.stderr
	listed = {line.split("  ", 1)[1] for line in binder.text("SHA256SUMS").splitlines()}
	assert listed == binder.names() - {"SHA256SUMS"}
	assert ROWS in readme
	assert shell(ROWS, folder).stdout == ""
	lines = binder.text(RECORD.format(certified.employee)).splitlines()
	assert len(lines) == 1 + frappe.db.count(EVENT, {"assignment": certified.assignment})


def test_what_is_changed_in_the_binder_shows(certified, hr, tmp_path):
	folder = export([certified.employee]).unpack(tmp_path)
	record = folder / RECORD.format(certified.employee)
	record.write_text(record.read_text().replace("2026-11-20", "2026-11-19", 1))
	assert shell("sha256sum -c SHA256SUMS", folder).returncode != 0
	assert certified.name in shell(ROWS, folder).stdout


def test_a_row_that_was_forged_on_the_server_shows(certified, hr, tmp_path):
	forged = certified.as_written.replace("2026-11-20", "2026-11-19")
	tamper(EVIDENCE, certified.name, "as_written", forged)
	folder = export([certified.employee]).unpack(tmp_path)
	assert shell("sha256sum -c SHA256SUMS", folder).returncode == 0
	assert shell(ROWS, folder).stdout == f"DIFFERS: {certified.name}\n"


@pytest.mark.parametrize("column", ["content", "lessons", "results"])
def test_what_cannot_be_read_any_more_is_said_and_takes_nothing_else_away(certified, hr, column):
	tamper(EVIDENCE, certified.name, column, "{")
	binder = export([certified.employee])
	assert "What was learned cannot be read: it is not what was written." in binder.page(certified.employee)
	assert binder.index()[0]["Evidence"] == certified.name


def test_a_certificate_that_was_changed_on_the_disk_is_named(certified, hr, tmp_path):
	private_path = frappe.utils.get_files_path(certified.certificate_file.rsplit("/")[-1], is_private=1)
	with open(private_path, "wb") as file:
		file.write(b"%PDF-1.4 forged")
	binder = export([certified.employee])
	assert binder.index()[0]["File Found"] == "not what is on record"
	assert "These files are not what is on record:" in binder.text("README.txt")
	assert shell("sha256sum -c RECORDED.sha256", binder.unpack(tmp_path)).returncode != 0


def test_a_certificate_that_is_gone_from_the_disk_is_named(certified, hr, tmp_path):
	private_files.discard(certified.certificate_file.rsplit("/")[-1])
	binder = export([certified.employee])
	assert binder.index()[0]["File Found"] == "missing"
	readme = binder.text("README.txt")
	assert f"certificates/{certified.employee}/Fire_Safety-{certified.name}.pdf" in readme
	folder = binder.unpack(tmp_path)
	assert shell("sha256sum -c SHA256SUMS", folder).returncode == 0
	assert shell("sha256sum -c RECORDED.sha256", folder).returncode != 0


def test_the_seals_in_it_are_those_that_verification_computes(certified, hr):
	(line,) = export([certified.employee]).text("seals.csv").splitlines()[1:]
	name, *_rest, digest = line.split(",")
	assert digest == frappe.db.get_value(SEAL, name, "digest")


def test_a_seal_is_computed_as_the_readme_says(certified, hr):
	"""By nothing but what is in the binder and on the server's lists: the head of the seal, and row hashes."""
	(one,) = csv.DictReader(io.StringIO(export([certified.employee]).text("seals.csv")))
	head = json.dumps(
		{key: int(value) if key in ("events", "evidence") else value for key, value in one.items() if key != "digest"},
		sort_keys=True,
		separators=(",", ":"),
	)  # fmt: skip
	rows = [
		row_hash
		for doctype, up_to in ((EVENT, one["up_to_event"]), (EVIDENCE, one["up_to_evidence"]))
		for row_hash in frappe.get_all(doctype, {"name": ("<=", up_to)}, pluck="row_hash", order_by="name")
	]
	assert hashlib.sha256("\n".join([head, *rows]).encode()).hexdigest() == one["digest"]


def test_the_page_says_what_why_when_and_who(certified, hr, as_user):
	api.extend_due_date([certified.assignment], "2027-02-01", 'On a "big" & long project')
	api.waive([certified.assignment], "Knows it by heart", until="2027-06-30")
	page = export([certified.employee]).page(certified.employee)
	for said in (
		"Mandatory course",
		"Signed as Ana Lima on",
		"“I will follow &lt;the&gt; policy.”",
		"On a &#34;big&#34; &amp; long project",
		"Knows it by heart",
		"Ladders",
		f"SHA-256 {certified.sha256}",
		certified.row_hash,
		f'href="../certificates/{certified.employee}/Fire_Safety-{certified.name}.pdf"',
	):
		assert said in page, said


def test_results_are_in_words_and_in_the_index(hire, hr):
	course = factory.course("Exits")
	(first, *_rest) = factory.lessons_of(course)
	factory.ask_in_lesson(first, "quiz", factory.quiz("Where to"))
	factory.onboarding(employee=hire.name)
	factory.hand_in_quiz(hire.user_id, "Where to", marks=7)
	factory.hand_in_quiz(hire.user_id, "Where to", marks=9)
	factory.complete_lessons(hire.user_id, course)
	binder = export([hire.name])
	(row,) = binder.index()
	assert "the best of 2 attempts." in row["Results"]
	assert row["Results"] in binder.page(hire.name)
	assert (row["Status"], row["Completed On"]) == ("Completed", str(TODAY))


def test_a_revoked_completion_says_so(owed, hr):
	factory.complete_lessons(owed.member, owed.course)
	assert api.revoke_completion([owed.name], "Somebody else sat the quiz")["done"]
	binder = export([owed.employee])
	(row,) = binder.index()
	assert row["Status"] == "Revoked"
	assert "Somebody else sat the quiz" in row["Decision"]
	assert "Somebody else sat the quiz" in binder.page(owed.employee)


def test_somebody_with_nothing_on_record_is_in_it_and_says_so(hire, hr):
	binder = export([hire.name])
	(row,) = binder.index()
	assert (row["Record"], row["Employee"]) == ("Nothing on record", hire.name)
	assert "Nothing is on record." in binder.page(hire.name)
	assert f"record/{hire.name}.tsv" not in binder.names()


def test_no_spreadsheet_takes_a_word_of_others_for_a_formula(hr):
	evil = factory.employee(factory.user(), first_name='=HYPERLINK("http://evil.example")')
	factory.course("+cmd|' /C calc'!A0")
	factory.onboarding(employee=evil.name)
	binder = export([evil.name])
	(row,) = binder.index()
	assert not [value for value in row.values() if value.lstrip().startswith(("=", "+", "-1", "@"))]
	assert row["Employee Name"].startswith("'=")
	openpyxl = pytest.importorskip("openpyxl")
	sheet = openpyxl.load_workbook(io.BytesIO(binder.zip.read("index.xlsx"))).active
	cells = [cell for line in sheet.iter_rows() for cell in line if cell.value]
	assert not [cell for cell in cells if cell.data_type == "f"]


def test_the_workbook_says_what_the_csv_says(certified, hr):
	openpyxl = pytest.importorskip("openpyxl")
	binder = export([certified.employee])
	sheet = openpyxl.load_workbook(io.BytesIO(binder.zip.read("index.xlsx"))).active
	heads, *lines = ([cell or "" for cell in line] for line in sheet.iter_rows(values_only=True))
	said = [[str(cell.date()) if isinstance(cell, datetime) else cell for cell in line] for line in lines]
	assert [dict(zip(heads, line, strict=True)) for line in said] == binder.index()
	# Days are days, to sort and filter by, and columns are as wide as what is in them.
	assert datetime in {type(line[heads.index("Due Date")]) for line in lines}
	assert sheet.column_dimensions["G"].width == 30


def test_a_sheet_that_ends_too_early_is_said(certified, hr, monkeypatch):
	monkeypatch.setattr(binder_zip, "ROWS_OF_A_SHEET", 1)
	assert "index.xlsx ends where a sheet ends; index.csv is whole." in export([certified.employee]).text(
		"README.txt"
	)


def test_a_name_that_is_markup_is_text_on_the_page(hr):
	evil = factory.employee(factory.user())
	factory.course("Safety")
	factory.onboarding(employee=evil.name)
	row = factory.assignment(employee=evil.name)
	named = learned(row, signature=Signature("<script>alert(3)", "<img src=y>", SIGNED.signed_on))
	for doctype, name, column in (
		("Employee", evil.name, "employee_name"),
		("Employee", evil.name, "company"),
		("LMS Training Assignment", row.name, "course_title"),
		("LMS Training Assignment", row.name, "status"),
		("LMS Training Assignment", row.name, "due_date_basis"),
		("LMS Training Cause", frappe.db.get_value("LMS Training Cause", {"parent": row.name}), "words"),
		(EVIDENCE, named, "status"),
	):
		tamper(doctype, name, column, f'"><img src=x onerror=alert(1)>{column}')
	page = export([evil.name]).page(evil.name)
	for tag in ("<script", "<img", 'class="status status-"'):
		assert tag not in page
	assert "&lt;script&gt;alert(3)" in page
	assert "default-src 'none'" in page


@pytest.mark.parametrize("name", ["../../evil", "CON", "a b/c", ".hidden", "nul.html", "Ärzte & Co"])
def test_no_name_leads_out_of_the_folder_it_is_unpacked_to(hire, hr, name, tmp_path):
	factory.course("../../Up")
	factory.onboarding(employee=hire.name)
	row = factory.assignment(employee=hire.name)
	named = learned(row)
	with_file(named)
	tamper(EVIDENCE, named, "course_title", name)
	binder = export([hire.name])
	folder = binder.unpack(tmp_path / "in")
	assert list(tmp_path.iterdir()) == [folder]
	for each in binder.names():
		assert ".." not in each.split("/")
		assert not each.startswith("/")
	assert shell("sha256sum -c SHA256SUMS", folder).returncode == 0


# ---- the period


@pytest.fixture
def years(hire, hr, clock):
	"""Safety counts for a year and was completed on the first day; another one is open since day 400."""
	course = factory.course("Safety", validity_days=365)
	factory.onboarding(employee=hire.name)
	factory.complete_lessons(hire.user_id, course)
	clock(400)
	api.assign_mandatory_training(employees=[hire.name], courses=[factory.course("Later", is_mandatory=0)])
	return hire


@pytest.mark.parametrize(
	("begin", "end", "titles"),
	[
		(None, None, ["Later", "Safety"]),
		(None, TODAY, ["Safety"]),
		# It counts until 2027-11-23.
		("2027-11-23", "2027-11-24", ["Safety"]),
		("2027-11-25", "2027-11-30", []),
		("2028-06-01", None, ["Later"]),
		(None, "2026-11-22", []),
	],
)
def test_of_a_period_is_what_was_owed_or_counted_in_it(years, begin, end, titles):
	binder = export([years.name], from_date=begin, to_date=end and str(end))
	assert sorted(row["Title"] for row in binder.index() if row["Title"]) == titles


def test_a_cancelled_one_is_of_the_time_until_that_day(owed, hr, clock):
	clock(10)
	api.cancel_training([owed.name], "Assigned by mistake")
	assert [row["Status"] for row in export([owed.employee], from_date="2026-12-01").index()] == ["Cancelled"]
	assert [row["Record"] for row in export([owed.employee], from_date="2026-12-04").index()] == [
		"Nothing on record"
	]


def test_days_that_are_turned_round_are_refused(owed, hr):
	with pytest.raises(frappe.ValidationError, match="The first day is after the last one"):
		api.export_evidence([owed.employee], from_date="2027-01-02", to_date="2027-01-01")


def test_what_was_learned_in_a_classroom_is_in_it(hire, hr):
	event = factory.training_event({hire.name: "Present"})
	assert frappe.db.count(EVIDENCE, {"cause": event.name}) == 1
	binder = export([hire.name])
	assert [(row["Record"], row["Completed On"]) for row in binder.index()] == [("Classroom", "2026-11-16")]
	assert "Learned without being assigned" in binder.page(hire.name)
	assert len(binder.text(RECORD.format(hire.name)).splitlines()) == 1
	assert [row["Record"] for row in export([hire.name], to_date="2026-11-15").index()] == [
		"Nothing on record"
	]


def test_the_answer_is_a_download_that_nobody_stores(certified, hr):
	answer = api.export_evidence([certified.employee])
	assert answer.mimetype == "application/zip"
	assert f'filename="training-record-{TODAY}.zip"' in answer.headers["Content-Disposition"]
	assert answer.headers["Cache-Control"] == "no-store"
	assert answer.content_length == len(b"".join(answer.response))
	answer.close()


def test_a_full_disk_is_said_in_words(certified, hr, monkeypatch):
	class Full(io.BytesIO):
		def write(self, piece):
			raise OSError(errno.ENOSPC, "No space left on device")

	monkeypatch.setattr(binder, "TemporaryFile", Full)
	with pytest.raises(frappe.ValidationError, match="No space left on device"):
		api.export_evidence([certified.employee])


def test_the_access_log_says_who_took_whose_record_out(certified, hr):
	before = frappe.db.count("Access Log", {"user": hr, "export_from": EVIDENCE})
	api.export_evidence([certified.employee])
	rows = frappe.get_all("Access Log", {"user": hr, "export_from": EVIDENCE}, ["method", "filters"])
	assert len(rows) == before + 1
	assert certified.employee in rows[-1].filters
