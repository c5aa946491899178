"""Somebody who uses a site by HTTP, as a browser does."""

import contextlib
import http.cookiejar
import json
import urllib.error
import urllib.parse
import urllib.request

from embedded import queue

PASSWORD = "demo"


class Problem(Exception):
	"""What is in the way, in words for the terminal."""


class Browser:
	"""Somebody logged in: requests with a session's cookies, and Frappe's refusals in words."""

	def __init__(self, address: str, user: str, password: str = PASSWORD):
		self.address = address
		cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
		self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)
		self.post("/api/method/login", usr=user, pwd=password)

	def get(self, path: str, **query):
		query = {key: value if isinstance(value, str) else json.dumps(value) for key, value in query.items()}
		return self._send("GET", f"{urllib.parse.quote(path)}?{urllib.parse.urlencode(query)}")

	def post(self, path: str, **fields):
		return self._send("POST", urllib.parse.quote(path), fields)

	def put(self, path: str, **fields):
		return self._send("PUT", urllib.parse.quote(path), fields)

	def create(self, doctype: str, **fields) -> dict:
		return self.post(f"/api/resource/{doctype}", **fields)

	def change(self, doctype: str, name: str, **fields) -> dict:
		return self.put(f"/api/resource/{doctype}/{name}", **fields)

	def read(self, doctype: str, name: str) -> dict:
		return self.get(f"/api/resource/{doctype}/{name}")

	def list(
		self, doctype: str, fields: list, filters: dict | None = None, order_by: str = "creation"
	) -> list:
		path = f"/api/resource/{doctype}"
		return self.get(path, fields=fields, filters=filters or {}, order_by=order_by, limit_page_length=0)

	def call(self, method: str, **fields):
		return self.post(f"/api/method/{method}", **fields)

	def _send(self, method: str, path: str, body: dict | None = None):
		request = urllib.request.Request(self.address + path, method=method)
		request.add_header("Accept", "application/json")
		if body is not None:
			request.data = json.dumps(body).encode()
			request.add_header("Content-Type", "application/json")
		try:
			with self.opener.open(request, timeout=60) as response:
				answer = json.load(response)
		except urllib.error.HTTPError as error:
			raise Problem(f"{method} {path} was refused ({error.code}): {reason(error.read())}") from error
		queue.run_jobs()  # what a worker would do meanwhile
		return answer.get("data", answer.get("message"))


def reason(body: bytes) -> str:
	with contextlib.suppress(ValueError):
		answer = json.loads(body)
		messages = [
			json.loads(message)["message"] for message in json.loads(answer.get("_server_messages") or "[]")
		]
		return "; ".join(messages) or answer.get("exception") or answer.get("exc_type") or "no reason given"
	return body[:200].decode(errors="replace")
