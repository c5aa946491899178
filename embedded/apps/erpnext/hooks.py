app_name = "erpnext"
app_title = "ERPNext (stand-in)"

after_install = "erpnext.setup.install.after_install"
