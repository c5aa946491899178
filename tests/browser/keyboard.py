"""Somebody who has a keyboard and nothing else."""

from playwright.sync_api import Locator, Page, expect

MOST = 80  # more stops than any of our pages has on the way to what it is for
# Where the keyboard is, and what somebody who looks for it there would miss: a frame around it, the thing itself on the
# screen, and nothing above it. Nothing is missed where nothing has the keyboard, as between the browser and the page.
STOP = """() => {
	const here = document.activeElement;
	if (here === document.body) return {};
	const { outlineStyle, outlineWidth } = getComputedStyle(here);
	const { left, top, right, bottom, width, height } = here.getBoundingClientRect();
	const above = document.elementFromPoint(left + width / 2, Math.min(top + height / 2, innerHeight - 1));
	const missed = [];
	if (outlineStyle === "none" || parseFloat(outlineWidth) < 1) missed.push("has no frame");
	if (right <= 0 || bottom <= 0 || left >= innerWidth || top >= innerHeight) missed.push("is off the screen");
	else if (above && !here.contains(above) && !above.contains(here)) missed.push("is covered");
	return { what: here.outerHTML.slice(0, 120), missed, in_dialog: !!here.closest("dialog") };
}"""


class Keyboard:
	"""Walks a page by its keyboard; at every stop it has to be seen where that is."""

	def __init__(self, page: Page):
		self.page = page

	def to(self, wanted: Locator, key: str = "Tab") -> None:
		"""Press a key until something has the keyboard.

		:raises AssertionError: it is not reached, or somewhere on the way cannot be seen
		"""
		passed = []
		for _press in range(MOST):
			self.page.keyboard.press(key)
			stop = self.page.evaluate(STOP)
			assert not stop.get("missed"), f"{stop['what']} {', '.join(stop['missed'])}"
			passed.append(stop.get("what", "nothing"))
			if wanted.count() and wanted.evaluate("one => one === document.activeElement"):
				return
		raise AssertionError("not reached, but:\n" + "\n".join(dict.fromkeys(passed)))

	def press(self, *keys: str) -> None:
		for key in keys:
			self.page.keyboard.press(key)

	def type(self, text: str) -> None:
		self.page.keyboard.type(text)

	def choose(self, button: Locator, key: str = "Enter") -> None:
		"""Go to a button or link and press it."""
		self.to(button)
		self.press(key)

	def enter(self, field: Locator, text: str) -> None:
		"""Go to a field and write into it."""
		self.to(field)
		self.type(text)

	def hand_in(self, field: Locator, file: dict) -> None:
		"""Go to a field for a file and choose one: the dialog that it opens is the browser's own."""
		self.to(field)
		field.set_input_files(file)

	def looks_into(self, opener: Locator, dialog: Locator) -> None:
		"""Open a dialog, go around it and leave it by Escape: what opened it has the keyboard again."""
		self.choose(opener)
		self.stays_in(dialog)
		self.press("Escape")
		expect(dialog).to_be_hidden()
		expect(opener).to_be_focused()

	def stays_in(self, dialog: Locator) -> None:
		"""Go once around a dialog in both directions: nothing behind it is reached.

		:raises AssertionError: something is
		"""
		expect(dialog).to_be_visible()
		for key in ("Tab", "Shift+Tab"):
			for _press in range(12):
				self.page.keyboard.press(key)
				stop = self.page.evaluate(STOP)
				assert stop.get("in_dialog", True), stop["what"]
				assert not stop.get("missed"), f"{stop['what']} {', '.join(stop['missed'])}"
