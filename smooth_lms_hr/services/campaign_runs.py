from smooth_lms_hr.assigning.campaign_runs import work  # noqa: F401
