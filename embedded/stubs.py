"""What the engine would import but the site leaves out, and what older Pythons lack. Imported before the engine.

A left-out module can be imported and its names subclassed or caught, which is all that happens at import time. Using
one raises: a test that needs a PDF must fail here, not pass on nothing.
"""

import enum
import importlib.abc
import importlib.machinery
import importlib.util
import re
import sys
import types
import typing

LEFT_OUT = {
	*("MySQLdb", "pymysql", "psycopg2", "ldap3", "whoosh", "psutil"),  # other servers
	*("google", "googleapiclient", "rauth", "oauthlib", "requests_oauthlib", "pyotp", "sentry_sdk"),
	*(
		"PIL",
		"xlrd",
		"pypdf",
		"pdfkit",
		"num2words",
		"chardet",
		"pycountry",
		"email_reply_parser",
	),
}


class LeftOut(type):
	def __getattr__(cls, name):
		if name.startswith("__"):
			raise AttributeError(name)
		return _left_out(cls.__module__, f"{cls.__qualname__}.{name}")

	def __call__(cls, *args, **kwargs):
		raise NotImplementedError(f"{cls.__module__}.{cls.__qualname__} is left out of the embedded site")


def _left_out(module: str, name: str):
	return LeftOut(name, (Exception,), {"__module__": module})


class _LeftOutModule(types.ModuleType):
	def __getattr__(self, name):
		if name.startswith("__"):
			raise AttributeError(name)
		value = _left_out(self.__name__, name)
		setattr(self, name, value)
		return value


class _LeftOutFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
	def find_spec(self, name, path=None, target=None):
		if name.partition(".")[0] in LEFT_OUT:
			return importlib.util.spec_from_loader(name, self, is_package=True)

	def create_module(self, spec):
		return _LeftOutModule(spec.name)

	def exec_module(self, module):
		pass


def _module(name: str, **members):
	module = types.ModuleType(name)
	vars(module).update(members)
	sys.modules.setdefault(name, module)


class Premailer:
	"""Inlines CSS into e-mails; left out with lxml and cssutils, so an e-mail keeps its style sheet."""

	def __init__(self, html=None, **options):
		self.html = html

	def transform(self, *args, **kwargs):
		return self.html


class _TypeAliasLoader(importlib.machinery.SourceFileLoader):
	"""One file of the engine says `type X = Y`, which Python reads from 3.12 on."""

	def source_to_code(self, data, path, *, _optimize=-1):
		source = importlib.util.decode_source(data)
		source = re.sub(r"(?m)^(\s*)type (\w+) = (.*)$", r'\1\2 = "\3"', source)
		return super().source_to_code(source, path, _optimize=_optimize)


class _TypeAliasFinder(importlib.abc.MetaPathFinder):
	def find_spec(self, name, path=None, target=None):
		if name == "monoframe.desk.doctype.event.event":
			file = f"{next(iter(path))}/event.py"
			return importlib.util.spec_from_file_location(name, file, loader=_TypeAliasLoader(name, file))


class StrEnum(str, enum.Enum):
	__str__ = str.__str__

	def _generate_next_value_(name, *args):
		return name.lower()


def install():
	# these look for optional modules themselves, and must not be told that one is there
	import bs4  # noqa: F401
	import pydantic  # noqa: F401
	import requests  # noqa: F401
	import rq  # noqa: F401
	import typing_extensions

	sys.meta_path.append(_LeftOutFinder())  # last in line: a module that is installed wins
	sys.modules["monoframe.database.mariadb.mysqlclient"] = _LeftOutModule(
		"monoframe.database.mariadb.mysqlclient"
	)
	_module("premailer", Premailer=Premailer)
	# the wheel has lost a file that its own installation imports
	_module("monoframe.tests.utils.generators", _clear_test_log=lambda: None)
	_module("dotenv", load_dotenv=lambda *a, **kw: False)  # a developer's .env is not ours to read

	if sys.version_info < (3, 12):
		sys.meta_path.insert(0, _TypeAliasFinder())
	if sys.version_info < (3, 11):
		enum.StrEnum = StrEnum
		for name in ("Self", "NotRequired", "Required", "LiteralString", "Never", "Unpack", "assert_never"):
			if not hasattr(typing, name):
				setattr(typing, name, getattr(typing_extensions, name))
