// Verifying documents in the desk. The list and the form of Employee Document share it.

frappe.provide("smooth_lms_hr.training");

(function (training) {
	const escape = frappe.utils.escape_html;

	training.DOCUMENT = "Employee Document";
	const DOCUMENT_COLOURS = { "To Be Verified": "orange", Valid: "green", Expired: "red", Revoked: "red" };
	training.document_colour = (state) => DOCUMENT_COLOURS[state];

	// How a document stands, as training/documents.py says it.
	training.document_state = function (doc, today = frappe.datetime.get_today()) {
		if (doc.revoked_on) return "Revoked";
		if (!doc.verified_on) return "To Be Verified";
		return doc.expires_on && doc.expires_on < today ? "Expired" : "Valid";
	};

	// Whoever may change documents verifies them; whether one is their own is for the server to say.
	training.may_verify = () => frappe.model.can_write(training.DOCUMENT);

	// Which of the selected ones wait to be verified.
	training.unverified_documents = (docs) => docs.filter((doc) => !doc.verified_on && !doc.revoked_on);

	training.document_in_words = (doc) =>
		[doc.employee_name || doc.employee, doc.title || doc.document_type].filter(Boolean).join(", ");

	training.verify_documents = (docs, done) =>
		frappe
			.call({
				method: "smooth_lms_hr.api.verify_documents",
				type: "POST",
				args: { documents: docs.map((doc) => doc.name) },
				freeze: true,
			})
			.then(({ message }) => {
				show_result(message, docs);
				done();
			});

	function show_result({ done, failed }, docs) {
		if (!failed.length) {
			const said = done.length === 1 ? __("Verified.") : __("{0} verified", [done.length]);
			frappe.show_alert({ message: said, indicator: "green" }, 7);
			return;
		}
		const known = Object.fromEntries(docs.map((doc) => [doc.name, doc]));
		const lines = failed.map(
			(row) => `<li>${escape(training.document_in_words(known[row.name]))}: ${escape(row.message)}</li>`,
		);
		frappe.msgprint({
			title: __("{0} verified, {1} not", [done.length, failed.length]),
			indicator: "orange",
			message: `<ul class="pl-4">${lines.join("")}</ul>`,
		});
	}
})(smooth_lms_hr.training);
