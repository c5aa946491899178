from smooth_lms_hr.daily import run_for  # noqa: F401
