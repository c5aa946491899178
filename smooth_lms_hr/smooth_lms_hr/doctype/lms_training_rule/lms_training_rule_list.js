frappe.listview_settings["LMS Training Rule"] = {
	add_fields: ["enabled", "waiting_people", "fits_now"],
	get_indicator(doc) {
		if (!doc.enabled) {
			return [__("Off"), "gray", "enabled,=,0"];
		}
		return doc.waiting_people
			? [__("Waits for a Yes"), "orange", "waiting_people,>,0"]
			: [__("On"), "green", "enabled,=,1|waiting_people,=,0"];
	},
};
