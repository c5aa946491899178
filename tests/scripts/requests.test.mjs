// Granting and refusing what learners ask for.
import { beforeEach, expect, test } from "vitest";
import { desk, settled } from "./desk.mjs";

const MARKUP = "<img src=x onerror=alert(1)>";
const more_time = {
	name: "TR-1",
	kind: "Extension",
	status: "Open",
	member_name: "Ana",
	course_title: "Fire",
};
const excuse = { name: "TR-2", kind: "Waiver", status: "Open", member_name: "Ben", course_title: "Fire" };

let here, training;

beforeEach(() => {
	here = desk(["public/js/answer_requests.js"]);
	training = here.smooth_lms_hr.training;
});

const field = (name) => here.frappe.shown.fields.find(({ fieldname }) => fieldname === name);

test("another day is offered where more time alone is granted", () => {
	training.answer_requests([more_time], true);
	expect(field("due_date")).toBeDefined();
	training.answer_requests([more_time, excuse], true);
	expect(field("due_date")).toBeUndefined();
	training.answer_requests([more_time], false);
	expect(field("due_date")).toBeUndefined();
});

test("who refuses says why", () => {
	training.answer_requests([excuse], false);
	expect(field("answer").reqd).toBe(1);
	training.answer_requests([excuse], true);
	expect(field("answer").reqd).toBe(0);
});

test("all that are selected are answered at once, and what came of it is said", async () => {
	let ended = 0;
	training.answer_requests([more_time, excuse], true, () => ended++);
	here.frappe.shown.primary_action({ answer: "Yes" });
	expect(here.asked[0].args).toMatchObject({ requests: ["TR-1", "TR-2"], grant: true, answer: "Yes" });
	const failed = [{ name: "TR-2", message: MARKUP }];
	here.asked[0].resolve({ message: { done: [{ name: "TR-1", message: "Moved." }], failed } });
	await settled();
	expect(ended).toBe(1);
	expect(here.said.messages[0]).toContain("Ben, Fire, Waiver: ");
	expect(here.said.messages[0]).not.toContain("<img");
});

test("what is answered already is not answered again", () => {
	expect(training.open_requests([more_time, { ...excuse, status: "Refused" }])).toEqual([more_time]);
});
