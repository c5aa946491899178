// The form of a course: what is asked before it is taken from people, and when its validity changes.
import { beforeEach, expect, test } from "vitest";
import { desk, form, settled, trigger } from "./desk.mjs";

const WRITE = "write LMS Training Assignment";
let here, frm;

function opened(allowed) {
	here = desk(["public/js/lms_course.js"], { allowed });
	frm = form({ name: "fire", published: 1, is_mandatory: 1, validity_days: 365 });
	frm.fields_dict = {
		published: { df: { label: "Published" } },
		is_mandatory: { df: { label: "Is Mandatory" } },
	};
	trigger(here, "LMS Course", "refresh", frm);
	frm.training_counts = { open: 4, overdue: 2, completed: 3 };
}

beforeEach(() => opened([WRITE]));

test("a course that is owed is not taken back without a yes", async () => {
	frm.doc.is_mandatory = 0;
	const [asking] = trigger(here, "LMS Course", "before_save", frm);
	expect(here.questions[0].question).toContain("4 people still owe this course, 2 of them are late.");
	expect(here.questions[0].question).toContain("<b>Is Mandatory</b>");
	here.questions[0].no();
	await asking;
	expect(here.frappe.validated).toBe(false);
});

test("with a yes it is saved", async () => {
	frm.doc.published = 0;
	const [asking] = trigger(here, "LMS Course", "before_save", frm);
	here.questions[0].yes();
	await asking;
	expect(here.frappe.validated).toBeUndefined();
});

test("nothing is asked where nobody owes it, or nothing is taken back", () => {
	trigger(here, "LMS Course", "before_save", frm);
	frm.doc.published = 0;
	frm.training_counts.open = 0;
	trigger(here, "LMS Course", "before_save", frm);
	expect(here.questions).toEqual([]);
});

test("whether other days of validity hold for those on record is asked once", async () => {
	trigger(here, "LMS Course", "after_save", frm);
	expect(here.questions).toEqual([]);
	frm.doc.validity_days = 730;
	trigger(here, "LMS Course", "after_save", frm);
	trigger(here, "LMS Course", "after_save", frm);
	expect(here.questions).toHaveLength(1);
	expect(here.questions[0].question).toMatch(/^3 completions are on record/);
	here.questions[0].yes();
	expect(here.asked[0]).toMatchObject({
		method: "smooth_lms_hr.desk.apply_validity",
		args: { course: "fire" },
	});
	here.asked[0].resolve({});
	await settled();
	expect(here.said.alerts).toHaveLength(1);
});

test("it is asked neither of who may not say so, nor of another course's days", () => {
	frm.doc = { ...frm.doc, name: "first-aid", validity_days: 730 };
	trigger(here, "LMS Course", "after_save", frm);
	expect(here.questions).toEqual([]);
	opened([]);
	frm.doc.validity_days = 730;
	trigger(here, "LMS Course", "after_save", frm);
	expect(here.questions).toEqual([]);
});
