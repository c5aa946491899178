// @vitest-environment happy-dom
// The card on Learning's home: a guest that breaks nothing there.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { run_in_page } from "./desk.mjs";

const MARKUP = "<img src=x onerror=alert(1)>";
const words = {
	title: "My training", open: "{0} open", open_late: "{0} open, {1} late", nothing_due: "Nothing is due.",
	completed: "{0} completed.", see_all: "See all", see_all_label: "See all my training", more: "{0} more",
	today: "due today", tomorrow: "due tomorrow", late_day: "1 day late", in_days: "due in {0} days",
	late_days: "{0} days late", due: "Due on {0}", progress: "Progress of {0}", renewal: "Renewal",
	renewal_until: "Renewal, counts until {0}", start: "Start", start_label: "Start {0}", go_on: "Continue",
	go_on_label: "Continue {0}", sign: "Read and sign", sign_label: "Read and sign the statement of {0}",
}; // prettier-ignore
const owed = (values) => ({
	course: "fire", course_title: "Fire Safety", course_url: "/lms/courses/fire", status: "Pending", progress: 0,
	due_date: "2026-03-12", days_left: 2, ...values,
}); // prettier-ignore
const GREETED = `<div id="app"><div class="px-5 pt-5 pb-10"><div class="space-y-2"></div><main></main></div></div>`;

let answer, reports, listeners;

beforeEach(() => {
	vi.useFakeTimers();
	[answer, reports, listeners] = [async () => ({ message: [owed()] }), [], []];
	// What a card of before has hung on to the page would hear of this one's.
	const add = window.addEventListener;
	vi.spyOn(window, "addEventListener").mockImplementation((name, hear) => {
		listeners.push([name, hear]);
		add.call(window, name, hear);
	});
	vi.stubGlobal("fetch", async (url, request) => {
		if (url.includes("log_card_error")) return reports.push(JSON.parse(request.body).message);
		return { ok: true, status: 200, url, json: () => answer() };
	});
});

afterEach(() => {
	history.pushState({}, "", "/elsewhere"); // where no card looks at the page any more
	for (const [name, hear] of listeners) window.removeEventListener(name, hear);
	delete history.pushState;
	delete history.replaceState;
	vi.useRealTimers();
	vi.restoreAllMocks();
});

// Opens a page of Learning's with the card's script in it; returns what the card shows, null where there is none.
async function visit(body = GREETED, { path = "/lms", language = "en" } = {}) {
	window.happyDOM.setURL(`https://site.example${path}`);
	const config = JSON.stringify({ home: "/lms", page: "/my-training", language, words, statuses: {} });
	document.body.innerHTML = `<script type="application/json" id="smooth-lms-hr-card"></script>${body}`;
	document.getElementById("smooth-lms-hr-card").textContent = config;
	run_in_page("public/js/training_card.js");
	await vi.advanceTimersByTimeAsync(4000);
	return card();
}

const host = () => document.getElementById("smooth-lms-hr-training");
const card = () => host()?.shadowRoot.querySelector(".card") ?? null;

test("it comes right after the greeting, and says how it stands", async () => {
	answer = async () => ({
		message: [owed({ days_left: -3 }), owed(), owed({ status: "Completed", days_left: null })],
	});
	const shown = await visit();
	expect(document.querySelector(".space-y-2").nextElementSibling).toBe(host());
	expect(shown.querySelector(".summary").textContent).toBe("2 open, 1 late");
	expect([...shown.querySelectorAll(".due")].map(({ textContent }) => textContent)).toEqual([
		"3 days late",
		"due in 2 days",
	]);
	expect(shown.querySelectorAll(".late")).toHaveLength(1);
});

test.each([
	["has no greeting", `<div id="app"><div id="main-content"><p></p></div></div>`, "data-loose"],
	["is unlike any we know", `<div id="other"></div>`, "data-floating"],
])("it is seen on a page that %s", async (_what, body, kind) => {
	await visit(body);
	expect(host().hasAttribute(kind)).toBe(true);
});

test("five are shown, and how many more", async () => {
	answer = async () => ({ message: [...Array(7)].map(() => owed()) });
	const shown = await visit();
	expect(shown.querySelectorAll("li")).toHaveLength(5);
	expect(shown.querySelector(".more").textContent).toBe("2 more");
});

test("titles are text", async () => {
	answer = async () => ({ message: [owed({ course_title: MARKUP })] });
	const shown = await visit();
	expect(shown.querySelector("img")).toBeNull();
	expect(shown.querySelector(".course").textContent).toContain(MARKUP);
});

test.each([
	["not begun", {}, "Start", "/lms/courses/fire"],
	["begun", { progress: 50 }, "Continue", "/lms/courses/fire"],
	["to be signed", { progress: 100, statement: "I have read it." }, "Read and sign", "/my-training"],
])("what is %s has one button, which leads on", async (_what, values, said, href) => {
	answer = async () => ({ message: [owed(values)] });
	const links = [...(await visit()).querySelectorAll("li a")];
	expect(links.map((link) => [link.textContent, link.getAttribute("href")])).toEqual([[said, href]]);
	expect(links[0].getAttribute("aria-label")).toContain("Fire Safety");
});

test("why is said beside it, as text", async () => {
	answer = async () => ({ message: [owed({ reason: MARKUP })] });
	const shown = await visit();
	expect(shown.querySelector("img")).toBeNull();
	expect(shown.querySelector(".why").textContent).toBe(MARKUP);
});

test("without anything to show, or elsewhere in Learning, it is not there", async () => {
	expect(await visit(GREETED, { path: "/lms/courses" })).toBeNull();
	answer = async () => ({ message: [] });
	expect(await visit()).toBeNull();
	expect(host()).toBeNull();
});

test("it goes with its user to another page, and comes back", async () => {
	await visit();
	history.pushState({}, "", "/lms/courses/fire");
	expect(host()).toBeNull();
	history.pushState({}, "", "/lms");
	await vi.advanceTimersByTimeAsync(0);
	expect(host()).not.toBeNull();
});

test("what fails in it is reported, and nobody sees it", async () => {
	answer = async () => ({ message: [{ ...owed(), due_date: "no day" }] });
	expect(await visit()).toBeNull();
	expect(reports).toHaveLength(1);
	expect(reports[0]).toContain("RangeError");
});

test("it is not reported without end", async () => {
	answer = async () => ({ message: "no list" });
	await visit();
	for (let visits = 0; visits < 5; visits++) {
		history.pushState({}, "", "/lms/courses");
		history.pushState({}, "", "/lms");
		await vi.advanceTimersByTimeAsync(0);
	}
	expect(reports).toHaveLength(3);
});

test("a language that browsers do not know stops nothing", async () => {
	expect(await visit(GREETED, { language: "no_such-language!" })).not.toBeNull();
	expect(reports).toEqual([]);
});
