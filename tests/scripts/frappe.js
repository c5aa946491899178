// As little of Frappe's desk as our scripts ask for. A classic script, as theirs are.
//
// tests/unit/desk.py runs it in V8 without Node, and desk.mjs beside it in Node. What the scripts said and asked is kept.

var said = { progress: [], dialogs: [], messages: [], alerts: [], hidden: 0 };
var asked = []; // what the server was asked, each with a way to answer
var questions = []; // what the user was asked, each with a way to answer
var forms = {}; // of a DocType: what each script hangs on to its form
var allowed = new Set(); // "write LMS Course": what the user may do
var timers = {};
var stored = {}; // what a browser keeps
var localStorage = {
	getItem: (place) => stored[place] ?? null,
	setItem: (place, value) => (stored[place] = value),
};
var cur_list = null;
var frappe = {
	provide: (path) => path.split(".").reduce((where, name) => (where[name] ??= {}), globalThis),
	unscrub: (text) => (text[0].toUpperCase() + text.slice(1)).replaceAll("_", " "),
	is_mobile: () => false,
	session: { user: "hr@example.com" },
	boot: {},
	user: { has_role: (role) => allowed.has(role), full_name: (user) => user },
	model: Object.fromEntries(
		["create", "export", "read", "write"].map((right) => [
			`can_${right}`,
			(doctype) => allowed.has(`${right} ${doctype}`),
		]),
	),
	form: { formatters: { Text: (text) => text } },
	meta: { get_docfields: (doctype) => (frappe.fields[doctype] ??= []) },
	fields: {},
	utils: {
		escape_html: (text) =>
			text ? String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`) : "",
		comma_and: (words) => words.join(" and "),
		debounce: (work) => work,
		get_link_title: (doctype, name) => frappe.titles[name],
		get_form_link: (doctype, name) => `/app/${doctype.toLowerCase().replaceAll(" ", "-")}/${name}`,
	},
	datetime: {
		get_today: () => {
			throw new Error("it looked at the clock");
		},
		get_day_diff: (to, from) => (Date.parse(to) - Date.parse(from)) / 86400000,
		add_months: (day) => day,
		month_start: () => "2026-03-01",
		str_to_obj: (day) => day,
		str_to_user: (day) => day.slice(0, 10).split("-").reverse().join("-"),
	},
	titles: {},
	query_reports: {},
	listview_settings: {},
	realtime: {
		heard_by: new Set(),
		on(event, hear) {
			if (event === "smooth_lms_hr:campaign") this.heard_by.add(hear);
		},
		off(event, hear) {
			if (event === "smooth_lms_hr:campaign") this.heard_by.delete(hear);
		},
	},
	call: ({ method, args }) => new Promise((resolve, reject) => asked.push({ method, args, resolve, reject })),
	show_progress: (title, done, total, words) => said.progress.push([done, total, words]),
	hide_progress: () => said.hidden++,
	msgprint: ({ message }) => said.messages.push(message),
	show_alert: ({ message }) => said.alerts.push(message),
	confirm: (question, yes, no) => questions.push({ question, yes, no }),
	set_route: () => {},
	ui: {
		Dialog: class {
			constructor(options) {
				Object.assign(this, options);
			}
			show() {
				said.dialogs.push([this.title, this.fields[0].options]);
				frappe.shown = this;
			}
			hide() {
				frappe.shown = null;
			}
		},
		form: { on: (doctype, handlers) => (forms[doctype] ??= []).push(handlers) },
	},
};
var __ = (text, values) => (values ? text.replace(/{(\d)}/g, (_, place) => values[place]) : text);
var setTimeout = (work) => work();
var setInterval = (work, pause) => {
	timers[pause] = work;
	return pause;
};
var clearInterval = (pause) => delete timers[pause];
