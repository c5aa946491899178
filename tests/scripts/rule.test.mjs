// The form of a training rule: what it would do, while HR writes it.
import { beforeEach, expect, test } from "vitest";
import { desk, form, trigger } from "./desk.mjs";

const RULE = "LMS Training Rule";
const MARKUP = "<img src=x onerror=alert(1)>";
const whole = {
	name: "Forklift",
	enabled: 1,
	audience: [{ value: "Warehouse" }],
	contents: [{ content: "forklift" }],
};
let here, shown;

beforeEach(() => {
	here = desk(["smooth_lms_hr/doctype/lms_training_rule/lms_training_rule.js"]);
	shown = { html: "before", empty: 0 };
});

function opened(doc, options) {
	const frm = form(doc, options);
	frm.rule_preview = { html: (html) => (shown.html = html), empty: () => shown.empty++ };
	trigger(here, RULE, "refresh", frm);
	return frm;
}

test.each([
	["nobody", { audience: [] }],
	["only who is left out", { audience: [{ value: "Warehouse", exclude: 1 }] }],
	["a line that is not filled in", { audience: [{ value: "Warehouse" }, { value: "" }] }],
	["no course", { contents: [] }],
	["a course that is not filled in", { contents: [{ content: "forklift" }, {}] }],
])("of a rule for %s nothing is asked", (_what, part) => {
	opened({ ...whole, ...part });
	expect(here.asked).toEqual([]);
	expect(shown.empty).toBe(1);
});

test("who may not write it is shown nothing", () => {
	const { buttons } = opened(whole, { write: false });
	expect(here.asked).toEqual([]);
	expect(buttons).toEqual({});
});

test("a saved one is asked about by its name, a changed one as it stands", () => {
	opened(whole);
	opened(whole, { is_dirty: true });
	expect(here.asked.map(({ args }) => args.rule)).toEqual(["Forklift", JSON.stringify(whole)]);
});

test("an answer that comes when another rule is shown is not shown", () => {
	const calls = [];
	here.frappe.call = (call) => calls.push(call);
	const frm = opened(whole);
	frm.doc = { ...whole, name: "Ladders" };
	calls[0].callback({ message: { fits: 3, rows: [] } });
	calls[0].error({});
	expect(shown.html).toBe("before");
	frm.doc = whole;
	calls[0].callback({ message: { fits: 3, rows: [{ employee_name: MARKUP, words: MARKUP }] } });
	expect(shown.html).toContain("It fits 3 people");
	expect(shown.html).not.toContain("<img");
});

test("why it is refused is said, and that it could not be asked", () => {
	const calls = [];
	here.frappe.call = (call) => calls.push(call);
	opened(whole);
	calls[0].error({ _server_messages: JSON.stringify([JSON.stringify({ message: "No such course." })]) });
	expect(shown.html).toContain("No such course.");
	calls[0].error();
	expect(shown.html).toContain("could not be found out");
});

test("many at once wait for a yes", () => {
	const { headlines, buttons } = opened({ ...whole, waiting_people: 300 });
	expect(headlines[0][0]).toMatch(/^300 people/);
	expect(buttons).toHaveProperty("Apply Now");
	expect(opened({ ...whole, enabled: 0 }).buttons).toEqual({});
});
