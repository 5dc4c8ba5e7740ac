"""How does a headline result hang on what nobody knows? `zwerm sensitivity`.

space.py     the factors of a result and their ranges
rows.py      points of a design: run as a sweep, read as one number each
morris.py    screening: elementary effects of groups and of single factors
sobol.py     shares of the variance, first order and total
boxes.py     scenario discovery: where a result is small or turns round
study.py     one result through all steps, each on what the one before left
words.py     what was found, in sentences
picture.py   tornado, plane, boxes; the map of two factors is that of sweeps
page.py      the page
folder.py    what is left behind: tables, figures, page, manifest
command.py   what is typed and answered
"""
