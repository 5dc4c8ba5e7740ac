"""The model held against what was published: `zwerm validate`.

running.py    which rows are measured, in which order, and what is kept when somebody stops it
over_set.py   the same over rows of the plausible set; set_words.py says it
words.py      what was asked and found, in words; what may be counted
baseline.py   what was hit when somebody accepted it, and what is hit no longer
folder.py     what is left behind: JSON, CSV, a page, a picture, a manifest
page.py       the page; picture.py draws the distances
document.py   docs/validation.md, written from results
command.py    what is typed and answered
"""
