"""How is the site built? Settings of Sphinx, read by `zwerm docs` from a copy of this folder."""

from importlib.metadata import version as version_of
from typing import Any

from experiments.site_api import connect

project = "Zwerm"
author = "Zwerm contributors"
copyright = "Zwerm contributors, MIT licence"
version = release = version_of("zwerm")

root_doc = "index"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist"]
myst_heading_anchors = 3
myst_url_schemes = ["http", "https", "mailto"]

highlight_language = "none"  # equations and commands; blocks of Python say that they are
add_module_names = False
smartquotes = False  # a tenth of the time of a build
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
toc_object_entries = False
# What numpy, mesa and the standard library are made of is described elsewhere, which is out of
# reach without a network. Links of our own pages are all checked.
nitpick_ignore_regex = [("py:.*", ".*")]
suppress_warnings = ["ref.python"]  # two classes may share a name, for instance Organisation

html_theme = "furo"
html_title = f"Zwerm {version}"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#8a5a00", "color-brand-content": "#8a5a00"},
    "dark_css_variables": {"color-brand-primary": "#f0b429", "color-brand-content": "#f0b429"},
}


def setup(app: Any) -> None:
    """Docstrings are plain text: say so to autodoc."""
    connect(app)
