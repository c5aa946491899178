"""The binder: what is in it, and that anybody can check it with the tools of any machine."""

import io
import zipfile

import frappe
import pytest

from smooth_lms_hr import api
from tests.site import factory


def test_first(owed, hr, as_user):
	answer = api.export_evidence([owed.employee])
	content = b"".join(answer.response)
	z = zipfile.ZipFile(io.BytesIO(content))
	print(z.namelist())
	for n in z.namelist():
		if not n.endswith("xlsx"):
			print("=====", n)
			print(z.read(n).decode()[:100000])
	assert 0
