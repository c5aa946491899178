frappe.provide("frappe.dashboards.chart_sources");

frappe.dashboards.chart_sources["Trainings Completed per Month"] = {
	method:
		"smooth_lms_hr.smooth_lms_hr.dashboard_chart_source.trainings_completed_per_month.trainings_completed_per_month.get",
	filters: [],
};
