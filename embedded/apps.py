"""Several apps on one site, which the engine cut down to one: which are installed, their hooks, how one is installed."""

import importlib
import sys
import types
from pathlib import Path

HERE = Path(__file__).parent
ENGINE = "monoframe"
STAND_INS = ("erpnext", "hrms", "lms")

on_bench: list[str] = []  # whose modules are known
installed: list[str] = []  # whose hooks run, in the order of installation, the engine first


def make_importable():
	"""The stand-ins and the repository's root, before anything of the same name that is installed."""
	for folder in (str(HERE.parent), str(HERE / "apps")):
		if folder not in sys.path:
			sys.path.insert(0, folder)


def are_installed(names):
	on_bench[:] = installed[:] = names


def load_app_hooks(app_name=None) -> dict:
	import frappe

	hooks = {}
	for app in [app_name] if app_name else frappe.get_installed_apps():
		for name, value in vars(importlib.import_module(f"{app}.hooks")).items():
			if not name.startswith("_") and not isinstance(
				value, types.ModuleType | types.FunctionType | type
			):
				frappe.append_hook(hooks, name, value)
	return hooks


def install():
	import frappe

	def get_app_path(app_name, *joins):
		return frappe.get_pymodule_path(ENGINE if app_name == "frappe" else app_name, *joins)

	def get_app_source_path(app_name, *joins):
		return get_app_path(app_name, "..", *joins)

	def get_all_apps(*args, **kwargs):
		return list(on_bench)

	def get_installed_apps(*args, **kwargs):
		return [] if frappe.flags.in_install_db else list(installed)

	def get_hooks(hook=None, default="_KEEP_DEFAULT_LIST", app_name=None):
		if app_name:
			hooks = load_app_hooks(app_name)
		else:
			# once for a request or job; the list of apps tells when one more is installed
			apps, hooks = getattr(frappe.local, "hooks_of_apps", (None, None))
			if apps != get_installed_apps():
				hooks = load_app_hooks()
				frappe.local.hooks_of_apps = (get_installed_apps(), hooks)
		if hook:
			return hooks.get(hook, [] if default == "_KEEP_DEFAULT_LIST" else default)
		return frappe._dict(hooks)

	def setup_module_map(*args, **kwargs):
		modules = {app: [frappe.scrub(name) for name in frappe.get_module_list(app)] for app in on_bench}
		frappe.local.app_modules = modules
		frappe.local.module_app = {name: app for app, names in modules.items() for name in names}

	for function in (
		get_app_path,
		get_app_source_path,
		get_all_apps,
		get_installed_apps,
		get_hooks,
		setup_module_map,
	):
		setattr(frappe, function.__name__, function)
	frappe._load_app_hooks = load_app_hooks


def install_app(app: str):
	"""What `bench install-app` does, but for patches and the desk's icons."""
	import frappe
	from frappe.core.doctype.scheduled_job_type.scheduled_job_type import sync_jobs
	from frappe.installer import add_module_defs, init_singles
	from frappe.model.sync import sync_for
	from frappe.modules.utils import sync_customizations
	from frappe.utils.fixtures import sync_fixtures

	on_bench.append(app)
	_apps_changed()
	hooks = frappe._dict(load_app_hooks(app))
	frappe.flags.in_install = app
	for method in hooks.before_install or []:
		frappe.get_attr(method)()

	if app != ENGINE:
		add_module_defs(app)
	sync_for(app, reset_permissions=True)
	installed.append(app)
	_apps_changed()
	init_singles()
	if app == ENGINE:
		frappe.get_doc("Portal Settings", "Portal Settings").sync_menu()

	for method in hooks.after_install or []:
		frappe.get_attr(method)()
	sync_jobs()
	sync_fixtures(app)
	sync_customizations(app)
	for method in hooks.after_sync or []:
		frappe.get_attr(method)()
	frappe.flags.in_install = False
	_apps_changed()
	frappe.db.commit()


def _apps_changed():
	import frappe
	from frappe.utils import caching

	caching._SITE_CACHE.clear()
	frappe.local.doc_events_hooks = None
	frappe.setup_module_map()
	frappe.clear_cache()
