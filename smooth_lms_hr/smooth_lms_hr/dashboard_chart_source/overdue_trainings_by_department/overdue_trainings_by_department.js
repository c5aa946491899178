frappe.provide("frappe.dashboards.chart_sources");

frappe.dashboards.chart_sources["Overdue Trainings by Department"] = {
	method:
		"smooth_lms_hr.smooth_lms_hr.dashboard_chart_source.overdue_trainings_by_department.overdue_trainings_by_department.get",
	filters: [],
};
