// @vitest-environment happy-dom
// What the scripts of /my-training and /my-team-training share: they call our API, and repeat what it says.
import { beforeEach, expect, test, vi } from "vitest";
import { run_in_page } from "./desk.mjs";

const LOST = "That did not work. Please try again.";
let block, result;

beforeEach(() => {
	document.body.innerHTML = `<form><input><button></button><p role="status"></p></form>`;
	block = document.querySelector("form");
	result = block.querySelector("[role=status]");
	window.frappe = { csrf_token: "token" };
	run_in_page("public/js/training_pages.js");
});

const answers = (answer, ok = true) =>
	vi.stubGlobal(
		"fetch",
		vi.fn(async () => ({ ok, json: async () => answer })),
	);
const refusal = (message) => ({ _server_messages: JSON.stringify([JSON.stringify({ message })]) });
const attempt = (act) => window.training_pages.attempt({ block, result, failure: LOST, act });
const post = () => window.training_pages.post("smooth_lms_hr.api.waive", { reason: "Ill" });
const closed = () => [...block.querySelectorAll("input, button")].map(({ disabled }) => disabled);

test("a call carries the token, and its answer is the message", async () => {
	answers({ message: { done: 1 } });
	expect(await post()).toEqual({ done: 1 });
	const [url, { method, headers, body }] = fetch.mock.calls[0];
	expect([url, method, body]).toEqual(["/api/method/smooth_lms_hr.api.waive", "POST", '{"reason":"Ill"}']);
	expect(headers["X-Frappe-CSRF-Token"]).toBe("token");
});

test("while it is under way nobody clicks twice, and after it nobody clicks again", async () => {
	let finish;
	const under_way = attempt(() => new Promise((resolve) => (finish = resolve)));
	expect(closed()).toEqual([true, true]);
	finish({ message: "Sent to <b>Ana</b>.", failed: false });
	await under_way;
	expect(closed()).toEqual([true, true]);
	expect(result.textContent).toBe("Sent to <b>Ana</b>.");
});

test("a refusal is repeated as text, and can be tried again", async () => {
	answers(refusal("<b>Not</b> yours <img src=x onerror=alert(1)>"), false);
	await attempt(post);
	expect(result.textContent).toBe("Not yours");
	expect(result.children).toHaveLength(0);
	expect(result.classList.contains("is-failure")).toBe(true);
	expect(closed()).toEqual([false, false]);
});

test.each([
	["no network", () => vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("Failed to fetch")))],
	[
		"an answer that is none",
		() => vi.stubGlobal("fetch", async () => ({ ok: false, json: () => JSON.parse("<html>") })),
	],
	["a refusal without words", () => answers({}, false)],
])("with %s it says that it did not work, in our words", async (_what, happens) => {
	happens();
	await attempt(post);
	expect(result.textContent).toBe(LOST);
	expect(closed()).toEqual([false, false]);
});

test.each([
	["what went wrong is tried again from where it was", true, "BUTTON"],
	["what was done is read", false, "P"],
])("the keyboard is not lost: %s", async (_what, failed, where) => {
	block.querySelector("button").focus();
	await attempt(async () => ({ message: "So it is.", failed }));
	expect(document.activeElement.tagName).toBe(where);
});

test("whoever has gone elsewhere meanwhile is left there", async () => {
	document.body.insertAdjacentHTML("beforeend", `<a href="#elsewhere">Elsewhere</a>`);
	const elsewhere = document.querySelector("a");
	elsewhere.focus();
	await attempt(async () => ({ message: "So it is.", failed: false }));
	expect(document.activeElement).toBe(elsewhere);
});
