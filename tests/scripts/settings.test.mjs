// The form of the settings: what is set back, and how a run goes.
import { beforeEach, expect, test } from "vitest";
import { desk, form, settled, trigger } from "./desk.mjs";

const SETTINGS = "LMS Training Settings";
const MARKUP = "<img src=x onerror=alert(1)>";
const SCRIPT = "smooth_lms_hr/doctype/lms_training_settings/lms_training_settings.js";
const doc = { name: SETTINGS, enabled: 1, default_due_days: 30 };
let here, frm;

beforeEach(() => {
	here = desk(["public/js/training_settings.js", SCRIPT], { allowed: ["System Manager"] });
	frm = form(doc);
	trigger(here, SETTINGS, "refresh", frm);
});

async function answer(message) {
	here.asked.at(-1).resolve({ message });
	await settled();
}

test("they say what they will do, once, however often they are changed", () => {
	expect(frm.headlines).toHaveLength(1);
	frm.doc.enabled = 0;
	trigger(here, SETTINGS, "enabled", frm);
	expect(frm.headlines).toEqual([["Nothing is assigned.", "orange"]]);
});

test("who may only read them has no buttons", () => {
	const reading = form(doc, { write: false });
	trigger(here, SETTINGS, "refresh", reading);
	expect(reading.buttons).toEqual({});
	expect(Object.keys(frm.buttons)).toEqual(["Run Now", "Send a Test Mail", "Restore Defaults"]);
});

test("nothing is set back without a yes to what it is", async () => {
	frm.buttons["Restore Defaults"]();
	await answer([MARKUP]);
	expect(here.questions[0].question).toContain("&#60;img");
	expect(here.asked.map(({ method }) => method)).not.toContain("smooth_lms_hr.desk.restore_defaults");
	here.questions[0].yes();
	await answer(["The first mail"]);
	expect(here.asked.at(-1).method).toBe("smooth_lms_hr.desk.restore_defaults");
	expect(here.said.messages[0]).toContain("The first mail");
});

test("where all is as it was installed nothing is asked", async () => {
	frm.buttons["Restore Defaults"]();
	await answer([]);
	expect(here.questions).toEqual([]);
	expect(here.said.alerts).toEqual(["Everything is as it was installed."]);
});

test("the ladder is said beside it, and anew with every word that is typed", () => {
	frm.doc.reminder_ladder = [{ offset_days: -3, notify_hr: 1 }];
	trigger(here, "LMS Training Reminder", "offset_days", frm);
	expect(frm.described["ladder_in_words options"]).toContain("3 days before the due date (HR)");
	frm.doc.reminder_ladder = [];
	trigger(here, "LMS Training Reminder", "reminder_ladder_remove", frm);
	expect(frm.described["ladder_in_words options"]).toContain("Nobody is reminded.");
});

test("a run says whom it did something to", () => {
	let tell;
	here.frappe.realtime.on = (_event, hear) => (tell = hear);
	trigger(here, SETTINGS, "onload", frm);
	const summary = { Overdue: 1 };
	const row = { assignment: "TA-1", who: MARKUP, course_title: "Fire", what: "Overdue" };
	tell({ summary, happened: { rows: [row], more: false } });
	expect(here.said.messages.at(-1)).toContain("1 assignment became overdue");
	expect(here.said.messages.at(-1)).toContain("&#60;img");
	tell({ summary, happened: { rows: [], more: false } });
	expect(here.said.alerts.at(-1)).toBe("1 assignment became overdue");
});
