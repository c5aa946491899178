// Verifying the record from the list of seals, or from one of them on: what was found, in words.

frappe.provide("smooth_lms_hr.training");

(function (training) {
	const escape = frappe.utils.escape_html;

	// What was looked at, in a sentence.
	training.verified_in_words = ({ seals, events, evidence }) =>
		__("Compared with what was written: seals {0}, events {1}, records of evidence {2}.", [
			seals,
			events,
			evidence,
		]);

	// What was found, as a dialog of Frappe's: a title, a colour and HTML.
	training.verification = function (result) {
		const said = `<p>${escape(training.verified_in_words(result))}</p>`;
		if (result.ok) {
			const words = __("Nothing was changed, added or taken out.");
			return {
				title: __("The record is as it was written"),
				indicator: "green",
				message: said + escape(words),
			};
		}
		const rows = result.broken.map(broken_row).join("");
		return {
			title: __("The record was changed"),
			indicator: "red",
			wide: true,
			message: `${said}<table class="table table-bordered training-broken"><thead><tr>${[
				__("Record"),
				__("Column"),
				__("What is wrong"),
			]
				.map((head) => `<th>${escape(head)}</th>`)
				.join("")}</tr></thead><tbody>${rows}</tbody></table>`,
		};
	};

	function broken_row({ doctype, name, column, why }) {
		const record = name
			? `${escape(__(doctype))}<br><a href="${escape(frappe.utils.get_form_link(doctype, name))}">${escape(name)}</a>`
			: "";
		return `<tr><td>${record}</td><td>${escape(column || "")}</td><td>${escape(why)}</td></tr>`;
	}

	// Asks the server; what takes long goes on in the background, and how far it is comes by itself.
	training.verify_record = async function (from_date) {
		const { message: result } = await frappe.call({
			method: "smooth_lms_hr.desk.verify_audit_trail",
			args: { from_date },
			type: "POST",
			freeze: true,
			freeze_message: __("Verifying the record"),
		});
		if (result) {
			frappe.msgprint(training.verification(result));
			return;
		}
		frappe.realtime.off("smooth_lms_hr_verification", training.show_verification);
		frappe.realtime.on("smooth_lms_hr_verification", training.show_verification);
		const message = __("The verification was started in the background. What it finds is shown here.");
		frappe.show_alert({ message, indicator: "blue" });
	};

	training.show_verification = function ({ percent, result, error }) {
		if (percent !== undefined) {
			frappe.show_progress(__("Verification"), percent, 100, __("Comparing the record"));
			return;
		}
		// Not at once: a dialog that is only just opening cannot be closed.
		setTimeout(frappe.hide_progress, 500);
		frappe.msgprint(
			result
				? training.verification(result)
				: { title: __("Verification"), message: escape(error), indicator: "red" },
		);
	};
})(smooth_lms_hr.training);
