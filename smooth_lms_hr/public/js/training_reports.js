// What our reports share: each opens with the filters that it was read with last, in this browser, by this user.

frappe.provide("smooth_lms_hr.reports");

(function (reports) {
	// A day of last week would hide this week's news, and a page is of what was found then.
	const of_the_moment = ({ fieldname, fieldtype }) => fieldtype === "Date" || fieldname === "page";
	const place_of = (report) => `smooth_lms_hr:filters:${frappe.session.user}:${report}`;

	// report: the name of one whose settings are there by now. What a link to it asks for goes before what is remembered.
	reports.remember = function (report) {
		const settings = frappe.query_reports[report];
		const kept = settings.filters.filter((filter) => !of_the_moment(filter));
		const known = JSON.parse(localStorage.getItem(place_of(report)) || "{}");
		for (const filter of kept) {
			if (filter.fieldname in known) {
				filter.default = known[filter.fieldname];
			}
		}
		settings.after_datatable_render = function () {
			const values = frappe.query_report.get_filter_values();
			const found = kept.map(({ fieldname }) => [fieldname, values[fieldname] ?? ""]);
			localStorage.setItem(place_of(report), JSON.stringify(Object.fromEntries(found)));
		};
	};
})(smooth_lms_hr.reports);
