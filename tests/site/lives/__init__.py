"""Years in the lives of employees: a story of dated deeds, an oracle that says what it makes of everybody's training, and a
player who acts it out on a site. ``test_lives`` compares the two."""
