from smooth_lms_hr.telling.announcements import announce  # noqa: F401
