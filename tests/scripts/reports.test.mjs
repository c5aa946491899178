// The filters of reports: remembered for who has set them.
import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { desk } from "./desk.mjs";

const FOLDER = "smooth_lms_hr/report";
const AUDIT = `${FOLDER}/assignment_audit/assignment_audit.js`;
const here = path.dirname(fileURLToPath(import.meta.url));
const folders = readdirSync(path.join(here, "../../smooth_lms_hr", FOLDER)).filter(
	(name) => !name.startsWith("_"),
);

const filter_of = ({ frappe }, fieldname) =>
	frappe.query_reports["Assignment Audit"].filters.find((filter) => filter.fieldname === fieldname);

function read_with(world, values) {
	world.frappe.query_report = { get_filter_values: () => values };
	world.frappe.query_reports["Assignment Audit"].after_datatable_render();
}

test.each(folders)("%s remembers its filters", (name) => {
	const { frappe } = desk([`${FOLDER}/${name}/${name}.js`]);
	const [settings] = Object.values(frappe.query_reports);
	expect(settings.after_datatable_render).toBeTypeOf("function");
});

test("a report opens with what it was read with last, but for days and the page", () => {
	const world = desk([AUDIT]);
	const [default_page, default_day] = [filter_of(world, "page").default, filter_of(world, "to_date").default];
	expect(filter_of(world, "decisions_only").default).toBe(1);
	// Of what is not set, a tick taken away included, Frappe says nothing.
	read_with(world, { company: "Acme", to_date: "2020-01-01", page: 7 });
	world.run(AUDIT);
	expect(filter_of(world, "company").default).toBe("Acme");
	expect(filter_of(world, "decisions_only").default).toBe("");
	expect(filter_of(world, "page").default).toBe(default_page);
	expect(filter_of(world, "to_date").default).toBe(default_day);
});

test("what one user has set is not what another finds", () => {
	const world = desk([AUDIT]);
	read_with(world, { company: "Acme" });
	world.frappe.session.user = "auditor@example.com";
	world.run(AUDIT);
	expect(filter_of(world, "company").default).toBeUndefined();
});
