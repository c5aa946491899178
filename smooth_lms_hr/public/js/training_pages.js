// What the scripts of our own pages share: they call our API, and repeat what it says.

(() => {
	"use strict";

	const headers = () => ({
		Accept: "application/json",
		"X-Frappe-CSRF-Token": window.frappe.csrf_token || "",
	});

	class Refused extends Error {}

	async function post(method, body) {
		const form = body instanceof FormData;
		const response = await fetch(`/api/method/${method}`, {
			method: "POST",
			headers: form ? headers() : { ...headers(), "Content-Type": "application/json" },
			body: form ? body : JSON.stringify(body),
		});
		const answer = await response.json();
		if (!response.ok) throw new Refused(said_in(answer));
		return answer.message;
	}

	// The first thing that Frappe says of a refusal, as text; nothing where it says nothing for people to read.
	function said_in(answer) {
		const [message] = JSON.parse(answer._server_messages || "[]");
		const said = message ? JSON.parse(message).message : "";
		return new DOMParser().parseFromString(said, "text/html").body.textContent.trim();
	}

	const uploads = new WeakMap();

	// Uploads a file as a private one, and returns its name. Once each, also where what it is for has to be sent again.
	async function upload(file) {
		if (!uploads.has(file)) {
			const form = new FormData();
			form.append("file", file);
			form.append("is_private", "1");
			uploads.set(file, (await post("upload_file", form)).name);
		}
		return uploads.get(file);
	}

	// No network, an answer that is none, or words that the server has for it.
	const words_of = (error, failure) => (error instanceof Refused && error.message) || failure;

	// Does what a button or form is for, and says beside it how that ended. While it is under way nobody clicks twice. The
	// keyboard stays where it was, or goes to what is said where there is nothing left to do.
	async function attempt({ block, result, failure, act }) {
		const controls = [...block.querySelectorAll("button, input, select, textarea")];
		const before = document.activeElement;
		const was_here = block.contains(before);
		for (const control of controls) control.disabled = true;
		let outcome;
		try {
			outcome = await act();
		} catch (error) {
			outcome = { message: words_of(error, failure), failed: true };
		}
		result.classList.toggle("is-failure", outcome.failed);
		result.textContent = outcome.message;
		if (outcome.failed) {
			for (const control of controls) control.disabled = false;
			if (was_here) before.focus();
		} else if (was_here && outcome.message) {
			result.tabIndex = -1;
			result.focus();
		}
		return outcome;
	}

	// Shows the page as it is now, with the keyboard where something was done.
	function show_anew(id) {
		location.hash = id;
		location.reload();
	}

	// A browser that loads a page again scrolls to that place, and leaves the keyboard at the page's beginning.
	document.getElementById(location.hash.slice(1))?.focus();

	window.training_pages = { post, upload, attempt, words_of, show_anew };
})();
