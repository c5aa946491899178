frappe.ui.form.on("Compliance Type", {
	setup(frm) {
		frm.set_query("course", "requirements", () => ({ filters: { published: 1 } }));
	},
	refresh(frm) {
		if (!frm.is_new()) {
			frm.add_custom_button(__("Who Holds It"), () =>
				frappe.set_route("List", "Employee Compliance", { compliance_type: frm.doc.name, is_current: 1 }),
			);
		}
	},
});
