"""The claims of the sources, run and judged: `zwerm claims`.

plan.py      which runs they ask for, each once
running.py   the runs, in which order, and a verdict as soon as a claim has its numbers
words.py     what was expected and found, in words
folder.py    what is left behind: CSV, JSON, a page, pictures, a manifest
page.py      the page; picture.py draws one claim
verdicts.py  what came of all of them when that was last accepted: conf/verdicts.yaml
accepting.py writes that file, from a folder with all of them
command.py   what is typed and answered
"""
