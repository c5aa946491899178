// A desk without a browser: our scripts in a scope of their own, with what frappe.js has of Frappe.
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import vm from "node:vm";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const APP = path.join(HERE, "../../smooth_lms_hr");
const FRAPPE = path.join(HERE, "frappe.js");
// As frappe.model.utils.render_include finds it.
const INCLUDE = /{% include\s['"]smooth_lms_hr\/(.*)['"]\s%}/g;

// A script as Frappe hands it out: with what it includes.
const read = (script) =>
	readFileSync(path.join(APP, script), "utf8").replace(INCLUDE, (_all, included) => read(included));

// The desk after some scripts were run; first the one that all of them are given first.
//
// allowed: what the user may do, as "write LMS Course".
export function desk(scripts, { today = "2026-03-10", allowed = [], fields = {} } = {}) {
	const context = vm.createContext({});
	vm.runInContext(readFileSync(FRAPPE, "utf8"), context);
	context.frappe.datetime.get_today = () => today;
	Object.assign(context.frappe.fields, fields);
	for (const right of allowed) context.allowed.add(right);
	context.run = (script) => vm.runInContext(read(script), context, { filename: script });
	["public/js/training.js", ...scripts].forEach(context.run);
	return context;
}

// A form of the desk, and what a script did to it.
//
// doc: of its record; write: whether the user may change it.
export function form(doc, { write = true, is_new = false, is_dirty = false } = {}) {
	const kept = { buttons: {}, headlines: [], required: {}, displayed: {}, described: {} };
	const set = (where) => (name, value) => (kept[where][name] = value);
	return {
		...kept,
		doc,
		perm: [{ write: write ? 1 : 0 }],
		fields_dict: {},
		is_new: () => is_new,
		is_dirty: () => is_dirty,
		toggle_reqd: set("required"),
		toggle_display: set("displayed"),
		set_df_property: (fieldname, property, value) => (kept.described[`${fieldname} ${property}`] = value),
		disable_save: () => {},
		add_custom_button: set("buttons"),
		reload_doc: () => {},
		dashboard: {
			clear_headline: () => kept.headlines.splice(0),
			set_headline_alert: (html, colour) => kept.headlines.push([html, colour]),
			add_section: () => {},
		},
	};
}

// Tells all scripts of a DocType's form that something happened; returns what they return.
export const trigger = ({ forms }, doctype, event, frm) =>
	forms[doctype].map((handlers) => handlers[event]?.(frm, doctype, frm.doc.name));

// Lets everything that waits for an answer go on.
export const settled = () => new Promise((resolve) => setImmediate(resolve));

// Runs a script in a page: in the window of a test that has one.
export const run_in_page = (script) => vm.runInThisContext(read(script), { filename: script });
