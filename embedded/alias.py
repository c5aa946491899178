"""`frappe` is `monoframe`: one module object under two names, and the small things that its authors cut off."""

import importlib
import importlib.abc
import importlib.util
import os
import sys

SITE_NAME = "embedded.localhost"
MOVED = {
	"frappe.modules": "monoframe.model.module_utils",
	"frappe.modules.utils": "monoframe.model.module_utils",
}
SETTINGS = {
	"MONOFRAME_DB_TYPE": "sqlite",
	"MONOFRAME_DB_NAME": "site",
	"MONOFRAME_DEVELOPER_MODE": "0",
	"MONOFRAME_ALLOW_TESTS": "1",
	"MONOFRAME_SECRET_KEY": "embedded",
	"MONOFRAME_REDIS_CACHE": "redis://in-process",
	"MONOFRAME_REDIS_QUEUE": "redis://in-process",
	"MONOFRAME_EXTRA_CONFIG": "embedded.alias.extra_config",
}


def extra_config() -> dict:
	# the same for every copy of the site, or the passwords in the copied database could not be read
	return {
		"encryption_key": "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA=",
		"host_name": "http://localhost:8000",
		# Frappe takes many new users within the hour for an attack; tests and the demo make them.
		"throttle_user_limit": 10_000,
	}


class _AliasLoader(importlib.abc.Loader):
	def __init__(self, real: str):
		self.real = real

	def create_module(self, spec):
		module = importlib.import_module(self.real)
		self.spec = module.__spec__
		return module

	def exec_module(self, module):
		module.__spec__ = self.spec  # the import system has just put the alias's there


class _AliasFinder(importlib.abc.MetaPathFinder):
	def find_spec(self, name, path=None, target=None):
		if name != "frappe" and not name.startswith("frappe."):
			return None
		real = MOVED.get(name, "monoframe" + name.removeprefix("frappe"))
		if importlib.util.find_spec(real):
			return importlib.util.spec_from_loader(name, _AliasLoader(real), is_package=True)


def install():
	os.environ.update(SETTINGS)
	sys.meta_path.insert(0, _AliasFinder())

	import frappe
	import frappe.tests.compat as compat
	import frappe.tests.utils as tests_utils
	import frappe.utils.jinja
	import frappe.utils.safe_exec as safe_exec
	from frappe.query_builder.utils import ImportMapper, db_type_is

	frappe.__version__ = "16.0.0"  # whose API the engine has; its own number says nothing
	frappe.FrappeTypeError = frappe.exceptions.FrappeTypeError = frappe.MonoframeTypeError
	frappe.FrappeTypeError.__name__ = "FrappeTypeError"
	frappe.get_fullname = frappe.utils.get_fullname
	frappe.utils.get_frappe_version = lambda: frappe.__version__
	tests_utils.FrappeTestCase = compat.MonoframeTestCase

	for error in vars(frappe.exceptions).values():
		if isinstance(error, type) and error.__module__ == "monoframe.exceptions":
			error.__module__ = "frappe.exceptions"  # as responses and logs are to say it

	# one site, and no need to name it; but what is remembered for a site is remembered only where there is a name
	init = frappe.init

	def init_site(site=None, sites_path=".", force=False):
		init(force=force)
		frappe.local.site = SITE_NAME
		frappe.local.sites_path = sites_path

	frappe.init = init_site

	# templates, print formats and server scripts say `frappe`
	original = safe_exec.get_safe_globals

	def get_safe_globals():
		out = original()
		out["frappe"] = out["monoframe"]
		return out

	for module in list(sys.modules.values()):
		if getattr(module, "get_safe_globals", None) is original:
			module.get_safe_globals = get_safe_globals

	# the provider of a login that every user has is the site itself, under its name
	from frappe.core.doctype.user.user import User

	for name in ("get_social_login_userid", "set_social_login_userid"):
		setattr(User, name, _of_frappe(getattr(User, name)))

	# what a page's scripts send along, under the name that they look for
	from frappe.website.page_renderers.base_template_page import BaseTemplatePage

	add_csrf_token = BaseTemplatePage.add_csrf_token
	BaseTemplatePage.add_csrf_token = lambda self, html: add_csrf_token(self, html).replace(
		"<script>monoframe.csrf_token", "<script>frappe.csrf_token"
	)

	# functions that differ between databases know of two; the third gets MariaDB's
	def pick(self, *args, **kwargs):
		by_type = self.func_map
		return by_type.get(db_type_is(frappe.conf.db_type), by_type[db_type_is.MARIADB])(*args, **kwargs)

	ImportMapper.__call__ = pick


def _of_frappe(method):
	def call(self, provider, *args, **kwargs):
		return method(self, "frappe" if provider == "monoframe" else provider, *args, **kwargs)

	return call


def wsgi_application():
	"""The engine's web application, which asks for its own name in the CSRF header."""
	import frappe.app

	def application(environ, start_response):
		if token := environ.get("HTTP_X_FRAPPE_CSRF_TOKEN"):
			environ["HTTP_X_MONOFRAME_CSRF_TOKEN"] = token
		return frappe.app.application(environ, start_response)

	return application
