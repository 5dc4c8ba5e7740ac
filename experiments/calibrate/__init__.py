"""Which numbers of the uncertain parameters cannot be ruled out? `zwerm calibrate`.

space.py      which parameters, over which ranges, and points spread over them
emulating.py  what stands in for runs between points that were measured
waves.py      measure, rule out, look again where nothing was ruled out
walking.py    walkers that find a set where waves find next to nothing; moves.py says where they go
findings.py   what the targets said: rows ruled out, parameters narrowed, rows in conflict
folder.py     what is left behind; page.py shows it, command.py is what is typed
"""
