// The lists of assignments and employees.
import { expect, test } from "vitest";
import { desk } from "./desk.mjs";

const MARKUP = "<img src=x onerror=alert(1)>";
const LIST = "smooth_lms_hr/doctype/lms_training_assignment/lms_training_assignment_list.js";
const late = {
	status: "Pending",
	due_date: "2026-03-08",
	employee_name: "Ana",
	course: "fire",
	progress: 66.7,
};

const assignments = () => {
	const here = desk([LIST]);
	return [here.frappe.listview_settings["LMS Training Assignment"], here];
};

test("the status says when, unless a column or a phone's second line does", () => {
	const [list, here] = assignments();
	expect(list.get_indicator(late)[0]).toBe("Pending, 2 days late");
	here.cur_list = { columns: [{ df: { fieldname: "due_date" } }] };
	expect(list.get_indicator(late)[0]).toBe("Pending");
	here.cur_list = null;
	expect(list.get_indicator(late)[1]).toBe("red");
	here.frappe.is_mobile = () => true;
	expect(list.get_indicator(late)[0]).toBe("Pending");
	expect(list.formatters.progress(late.progress, {}, late)).toContain("2 days late");
});

test("what is late is marked, what is settled is a day", () => {
	const [{ formatters }] = assignments();
	const due = (doc) => formatters.due_date(doc.due_date, {}, doc);
	expect(due(late)).toContain("text-danger");
	expect(due({ ...late, due_date: "2026-03-12" })).toContain("var(--text-on-orange)");
	expect(due({ ...late, due_date: "2026-05-12" })).toBe('<span  title="12-05-2026">due in 63 days</span>');
	expect(due({ ...late, status: "Completed" })).toBe("<span>08-03-2026</span>");
});

test("names, departments and titles are text", () => {
	const [{ formatters }, here] = assignments();
	const doc = { ...late, employee_name: MARKUP, department: MARKUP };
	for (const is_mobile of [true, false]) {
		here.frappe.is_mobile = () => is_mobile;
		expect(formatters.member_name("", {}, doc)).not.toContain("<img");
	}
	here.frappe.is_mobile = () => false;
	expect(formatters.department(MARKUP)).not.toContain("<img");
	expect(formatters.member_name("", {}, { ...late, department: "Sales" })).not.toContain("Sales");
});

test("in the list of employees other apps' settings go on", () => {
	for (const allowed of [[], ["create LMS Training Assignment"]]) {
		const here = desk(["public/js/export_evidence.js"], { allowed });
		let others = 0;
		here.frappe.listview_settings.Employee = { onload: () => others++ };
		here.run("public/js/employee_list.js");
		const offered = [];
		const listview = { page: { add_actions_menu_item: (label) => offered.push(label) } };
		here.frappe.listview_settings.Employee.onload(listview);
		expect(others).toBe(1);
		expect(offered.includes("Assign Training")).toBe(allowed.length > 0);
	}
});

test("the calendar says who and what, and nothing in it is dragged to another day", () => {
	const here = desk([], {});
	here.frappe.views = { calendar: {} };
	here.run("smooth_lms_hr/doctype/lms_training_assignment/lms_training_assignment_calendar.js");
	const calendar = here.frappe.views.calendar["LMS Training Assignment"];
	const shown = calendar.options.eventDataTransform({ ...late, course_title: "Fire", editable: true });
	expect([shown.title, shown.editable]).toEqual(["Ana: Fire", false]);
	expect(calendar.get_css_class(late)).toBe("red");
	expect(calendar.fields).toEqual(expect.arrayContaining(["status", calendar.field_map.start]));
});

test("a narrow screen shows all six columns, unless the site has set how many", () => {
	const [, here] = assignments();
	here.window = { innerWidth: 1280 };
	for (const [total_fields, expected] of [
		[undefined, 6],
		[3, 3],
	]) {
		const made = [];
		const listview = {
			list_view_settings: { total_fields },
			setup_columns: () => made.push("columns"),
			render_header: () => made.push("header"),
		};
		here.frappe.listview_settings["LMS Training Assignment"].show_all_columns(listview);
		expect(listview.list_view_settings.total_fields).toBe(expected);
		expect(made.length).toBe(total_fields ? 0 : 2);
	}
});

test("a record is of an Employee where there is one, and whatever a name is made of, it is one", () => {
	const { training } = desk([]).smooth_lms_hr;
	expect(training.record_url({ employee: "EMP/1 &", member: "a@b.c" })).toBe(
		"/training-record?employee=EMP%2F1%20%26",
	);
	expect(training.record_url({ employee: null, member: "a@b.c" })).toBe("/training-record?user=a%40b.c");
});

test("the menu Help leads to the guide from the screens of ours", () => {
	const { help_links } = desk([]).frappe.help;
	expect(help_links["List/LMS Training Assignment"][0].url).toBe("/training-help?page=hr");
	expect(help_links["Form/LMS Training Settings"][0].url).toBe("/training-help?page=administrator");
});
