// What HR decides about assignments, from the list and from the form.
import { beforeEach, describe, expect, test } from "vitest";
import { desk, form, settled, trigger } from "./desk.mjs";

const ASSIGNMENT = "LMS Training Assignment";
const FORM = "smooth_lms_hr/doctype/lms_training_assignment/lms_training_assignment.js";
const MARKUP = "<img src=x onerror=alert(1)>";
const ana = {
	name: "TA-1",
	employee_name: "Ana",
	course_title: "Fire",
	status: "Pending",
	due_date: "2026-03-12",
};
const ben = {
	name: "TA-2",
	employee_name: "Ben",
	course_title: "Fire",
	status: "Waived",
	due_date: "2026-03-12",
};

let here, training;

beforeEach(() => {
	here = desk(["public/js/training_actions.js"]);
	training = here.smooth_lms_hr.training;
});

// Answers what the server was asked last.
async function answer(message) {
	here.asked.at(-1).resolve({ message });
	await settled();
}

describe("a decision", () => {
	test.each([
		["extend", "extend_due_date", { due_date: "2026-04-01", reason: "Ill" }],
		["waive", "waive", { until: "2026-04-01", reason: "Ill" }],
		["withdraw_waiver", "withdraw_waiver", { reason: "Well" }],
		["cancel", "cancel_training", { reason: "By mistake" }],
		["revoke", "revoke_completion", { reason: "Copied" }],
	])("%s asks for a reason and tells the server of all that are selected", async (decide, method, values) => {
		let ended = 0;
		training[decide]([ana, ben], () => ended++);
		const dialog = here.frappe.shown;
		expect(dialog.fields.find(({ fieldname }) => fieldname === "reason").reqd).toBe(1);
		expect(here.asked).toHaveLength(0);
		dialog.primary_action(values);
		expect(here.frappe.shown).toBeNull();
		const [{ method: asked, args }] = here.asked;
		expect(asked).toBe(`smooth_lms_hr.api.${method}`);
		expect(args).toEqual({ assignments: ["TA-1", "TA-2"], ...values });
		expect(ended).toBe(0);
		await answer({ done: [], failed: [] });
		expect(ended).toBe(1);
	});

	test("a reminder is sent after a yes only", () => {
		training.remind([ana], () => {});
		expect(here.questions[0].question).toBe("Send Ana a reminder now?");
		expect(here.asked).toHaveLength(0);
		here.questions[0].yes();
		expect(here.asked[0].args).toEqual({ assignments: ["TA-1"] });
	});

	test("it says whom it is about: five of them, and how many more", () => {
		training.cancel([...Array(7)].map((_each, index) => ({ ...ana, name: `TA-${index}` })));
		const [[title, summary]] = here.said.dialogs;
		expect(title).toBe("Cancel Training: 7 assignments");
		expect(summary.match(/Ana: Fire, due in 2 days/g)).toHaveLength(5);
		expect(summary).toContain("and 2 more");
	});

	test("what others typed is text in it", () => {
		training.waive([{ ...ana, employee_name: MARKUP, course_title: MARKUP }]);
		training.remind([{ ...ana, employee_name: MARKUP }]);
		expect(here.said.dialogs[0][1] + here.questions[0].question).not.toContain("<img");
	});
});

describe("what came of it", () => {
	const cancel = (docs) => {
		training.cancel(docs);
		here.frappe.shown.primary_action({ reason: "By mistake" });
	};

	test("of one that went well it is a toast", async () => {
		cancel([ana]);
		await answer({ done: [{ name: "TA-1", message: MARKUP }], failed: [] });
		expect(here.said.messages).toEqual([]);
		expect(here.said.alerts).toHaveLength(1);
		expect(here.said.alerts[0]).not.toContain("<img");
	});

	test("of one that did not it is said why", async () => {
		cancel([ana]);
		await answer({ done: [], failed: [{ name: "TA-1", message: "It is completed." }] });
		expect(here.said.alerts).toEqual([]);
		expect(here.said.messages[0]).toContain("It is completed.");
	});

	test("of several it is a table, what was not done first", async () => {
		cancel([ana, ben]);
		await answer({
			done: [{ name: "TA-1", message: "Cancelled." }],
			failed: [{ name: "TA-2", message: MARKUP }],
		});
		const [table] = here.said.messages;
		expect(table.indexOf("Not done")).toBeLessThan(table.indexOf(">Done<"));
		expect(table).toContain("Ben");
		expect(table).not.toContain("<img");
	});
});

describe("the form", () => {
	const opened = (doc, options) => {
		here = desk(["public/js/training_actions.js", "public/js/training_evidence.js", FORM]);
		const frm = form({ member: "ana@example.com", ...doc }, options);
		trigger(here, ASSIGNMENT, "refresh", frm);
		return frm;
	};

	test.each([
		["Pending", ["Remind", "Extend Due Date", "Waive", "Cancel Training"]],
		["Overdue", ["Remind", "Extend Due Date", "Waive", "Cancel Training"]],
		["Waived", ["Withdraw Waiver"]],
		["Completed", ["Revoke Completion"]],
		["Cancelled", []],
	])("of what is %s offers what can be decided about it", (status, offered) => {
		const doc = { ...ana, status, completed_on: "2026-03-09", waived_on: "2026-03-09" };
		const links = ["Course in Learning", "Training Record"];
		const decisions = ({ buttons }) => Object.keys(buttons).filter((label) => !links.includes(label));
		expect(decisions(opened(doc))).toEqual(offered);
		expect(decisions(opened(doc, { write: false }))).toEqual([]);
	});

	test("offers to sign to nobody but who has learned it", () => {
		const doc = { ...ana, status: "Awaiting Signature" };
		expect(opened(doc).buttons).not.toHaveProperty("Read and Sign");
		expect(opened({ ...doc, member: "hr@example.com" }).buttons).toHaveProperty("Read and Sign");
	});

	test("asks why the due date moves, and no longer when it is put back", () => {
		const frm = opened(ana);
		const asks = () => [frm.displayed.due_date_reason, frm.required.due_date_reason];
		expect(asks()).toEqual([false, false]);
		frm.doc.due_date = "2026-04-01";
		trigger(here, ASSIGNMENT, "due_date", frm);
		expect(asks()).toEqual([true, true]);
		frm.doc.due_date = ana.due_date;
		trigger(here, ASSIGNMENT, "due_date", frm);
		expect(asks()).toEqual([false, false]);
	});

	test("wants a member where no employee is named", () => {
		const frm = opened({ ...ana, member: undefined }, { is_new: true });
		expect([frm.required.member, frm.required.due_date]).toEqual([true, false]);
		frm.doc.employee = "HR-EMP-1";
		trigger(here, ASSIGNMENT, "employee", frm);
		expect(frm.required.member).toBe(false);
	});
});

test("titles of linked records are text, and links where they may be read", () => {
	const course = { fieldtype: "Link", fieldname: "course", options: "LMS Course" };
	for (const allowed of [[], ["read LMS Course"]]) {
		here = desk(["public/js/training_actions.js"], { allowed, fields: { [ASSIGNMENT]: [course] } });
		here.frappe.titles.fire = MARKUP;
		const shown = course.formatter("fire", course);
		expect(shown).not.toContain("<img");
		expect(shown.startsWith("<a ")).toBe(allowed.length > 0);
	}
});

test("what the sentence at the head of the form says is not shown again below it", () => {
	here.run(FORM);
	const frm = form({ ...ana, due_date: "2026-03-12" });
	trigger(here, ASSIGNMENT, "refresh", frm);
	expect(frm.headlines[0][0]).toContain("due in 2 days");
	const hidden = Object.entries(frm.displayed).find(([, shown]) => !shown)[0];
	for (const fieldname of ["status", "progress", "completed_on", "waiver_section", "reminders_section"]) {
		expect(hidden.split(",")).toContain(fieldname);
	}
});
