// The Mandatory Training section of an onboarding.
import { beforeEach, expect, test } from "vitest";
import { desk, form, settled, trigger } from "./desk.mjs";

const ONBOARDING = "Employee Onboarding";
const MARKUP = "<img src=x onerror=alert(1)>";
const waiting = {
	course: "fire",
	course_title: "Fire",
	action: "to assign",
	status: "Pending",
	due_date: "2026-04-01",
};
const assigned = { ...waiting, action: "assigned", assignment: "TA-1", progress: 66.7 };
const known = { courses: [waiting], problem: null, gate: "Off", ready: true, gated_by: [] };
let here, shown, clicks;

beforeEach(() => {
	here = desk(["public/js/employee_onboarding.js"]);
	[shown, clicks] = ["", {}];
});

async function opened(answer, { doc = {}, ...options } = {}) {
	const frm = form({ name: "ONB-1", docstatus: 1, ...doc }, options);
	const $wrapper = {
		html: (html) => (shown = html),
		empty: () => (shown = "nothing"),
		find: (selector) => ({ on: (_event, act) => (clicks[selector] = act) }),
	};
	frm.fields_dict.training_overview = { $wrapper };
	trigger(here, ONBOARDING, "refresh", frm);
	if (answer) {
		here.asked.at(-1).resolve({ message: { ...known, ...answer } });
		await settled();
	}
	return frm;
}

const offers_to_assign = () => shown.includes('data-action="assign"');

test.each([
	["what is not assigned yet", {}, {}, true],
	["nothing that waits", { courses: [assigned] }, {}, false],
	["nobody to assign it to", { problem: "No Employee is linked yet.", missing: "Employee" }, {}, false],
	["one that is cancelled", {}, { doc: { docstatus: 2 } }, false],
	["one that may only be read", {}, { write: false }, false],
])("assigning now is offered where it can be done: %s", async (_what, answer, options, offered) => {
	await opened(answer, options);
	expect(offers_to_assign()).toBe(offered);
});

test("before anybody is linked it is a plan, and says why", async () => {
	await opened({ problem: MARKUP });
	expect(shown).toContain("What would be assigned today. Its dates count from the day");
	expect(shown).toContain("Planned");
	expect(shown).toContain("&#60;img");
});

test.each([
	["Employee", ["create Employee"], 1, "make-employee"],
	["Employee", ["create Employee"], 0, "Submit the onboarding"],
	["Employee", [], 1, null],
	["User", ["create User", "write Employee"], 1, "make-user"],
	["User", ["create User"], 1, "A System Manager"],
	[null, ["create User", "write Employee", "create Employee"], 1, null],
])(
	"a missing %s is made here by who may %j, in docstatus %i",
	async (missing, allowed, docstatus, offered) => {
		allowed.forEach((right) => here.allowed.add(right));
		await opened({ problem: "Something is missing.", missing }, { doc: { docstatus } });
		expect(shown).toContain("Something is missing.");
		if (offered) expect(shown).toContain(offered);
		else expect(shown).not.toMatch(/make-|Submit the|System Manager/);
	},
);

test("a user is made for the Employee with the address that is known of them", async () => {
	["create User", "write Employee"].forEach((right) => here.allowed.add(right));
	here.frappe.db = { get_value: async () => ({ message: { personal_email: "ana@example.com" } }) };
	await opened({ problem: "No user.", missing: "User", employee: "EMP-1" });
	await clicks["[data-action=make-user]"]();
	expect(here.frappe.shown.fields[0].default).toBe("ana@example.com");
	here.frappe.shown.primary_action({ email: "ana@example.com" });
	expect(here.asked.at(-1)).toMatchObject({
		method: "erpnext.setup.doctype.employee.employee.create_user",
		args: { employee: "EMP-1", email: "ana@example.com" },
	});
});

test("courses are links: to the assignment, or to the course for who may read it", async () => {
	await opened({ courses: [waiting, assigned] });
	expect(shown.match(/<a href/g)).toHaveLength(1);
	here.allowed.add("read LMS Course");
	await opened({ courses: [waiting, assigned] });
	expect(shown).toContain('<a href="/app/lms-course/fire">Fire</a>');
});

test("whether somebody may start is said unless the gate is off", async () => {
	await opened({});
	expect(shown).not.toContain("training-ready");
	await opened({ gate: "Warn", ready: true });
	expect(shown).toContain("Ready to start");
	await opened({ gate: "Block", ready: false, gated_by: [{ course: "fire", course_title: MARKUP }] });
	expect(shown).toContain("Not ready to start. To be done first: &#60;img");
});

test("titles and reasons are text, and progress is whole", async () => {
	await opened({ courses: [{ ...assigned, course_title: MARKUP, action: "failed", why: MARKUP }] });
	expect(shown).not.toContain("<img");
	expect(shown).toContain('aria-valuenow="66"');
});

test("an answer for an onboarding that is no longer shown is not shown", async () => {
	const frm = await opened(null);
	frm.doc = { name: "ONB-2" };
	here.asked[0].resolve({ message: known });
	await settled();
	expect(shown).toBe("");
});

test("what could not be loaded does not look as if nothing were owed, and can be asked for again", async () => {
	await opened(null);
	here.asked[0].reject(new Error("HTTP 500"));
	await settled();
	expect(shown).toContain("could not be loaded");
	clicks["[data-action=refresh]"]();
	expect(here.asked).toHaveLength(2);
});

test("of a new one there is nothing to say", async () => {
	await opened(null, { is_new: true });
	expect(shown).toBe("nothing");
	expect(here.asked).toEqual([]);
});
