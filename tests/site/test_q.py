from tests.site.test_transfers import *
from collections import Counter
import re
def test_q(hire, hr):
	from tests.site.queries import Queries
	worker=hire
	def transfer():
		place = department("Place")
		with Queries() as queries:
			change(worker, department=place)
		return queries
	courses = [factory.course(is_mandatory=0, lessons=0) for _ in range(2)]
	api.assign_mandatory_training(employees=[worker.name], courses=courses)
	transfer()
	q=transfer()
	c=Counter(re.sub(r"'[^']*'|\d+","?",x)[:160] for x in q if "LMS Training" in x)
	for k,v in c.most_common(12): print(v,k)
	assert 0
