"""How the book is built: `make book` runs the derivations and the examples and writes a site that
needs no network.
"""

import os
import sys
from importlib import metadata
from pathlib import Path

for threads in ("OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):  # two scripts run at a time
    os.environ.setdefault(threads, "1")
os.environ["MPLBACKEND"] = "agg"

import rfscale  # noqa: E402 - after the numbers of threads are set

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "extensions"), str(HERE.parent / "tests" / "scripts")]

# --- the project ----------------------------------------------------------------------------------

project = "rfscale"
author = "The rfscale developers"
copyright = author
release = version = rfscale.__version__
language = "en"

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.mathjax",
    "sphinx.ext.napoleon",
    "myst_parser",
    "sphinx_copybutton",
    "sphinx_gallery.gen_gallery",
    "command_line",
    "command_output",
    "equations",
    "explorer_page",
    "figures",
    "formulas",
    "gallery",
    "sections",
    "subjects",
]
exclude_patterns = ["coverage.md", "extensions", "derivations/index.rst"]  # the first is included
default_role = "py:obj"  # single backticks are code, with a link where the name is documented
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath", "fieldlist"]
myst_heading_anchors = 3
myst_update_mathjax = False

# Copied is what is typed: no prompts, and nothing that a command or a script printed.
copybutton_selector = ":not(.sphx-glr-script-out):not(.highlight-text) > div.highlight > pre"
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

# --- the reference --------------------------------------------------------------------------------

add_module_names = False
autodoc_typehints = "none"  # the docstrings have them
autodoc_preserve_defaults = True
autodoc_member_order = "bysource"
autodoc_default_options = {"exclude-members": "__init__, __new__"}
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_custom_sections = [("Attributes", "params_style")]
python_display_short_literal_types = True
toc_object_entries_show_parents = "hide"

# --- derivations and examples: executed -----------------------------------------------------------

sphinx_gallery_conf = {
    "examples_dirs": ["../derivations", "../examples/figures", "../examples/how_to"],
    "gallery_dirs": ["derivations", "examples/figures", "examples/how_to"],
    "filename_pattern": r"\.py$",
    "ignore_pattern": r"common\.py$",
    "within_subsection_order": "FileNameSortKey",
    "parallel": 2,
    "abort_on_example_error": True,
    "reset_modules": ("matplotlib", "gallery.fresh_start"),
    "capture_repr": (),  # what is printed, and figures
    "image_scrapers": ("gallery.pictures",),
    "image_srcset": ["2x"],
    "notebook_extensions": set(),
    "download_all_examples": False,
    "show_signature": False,
    "min_reported_time": 1e9,  # seconds: times differ from machine to machine
    "write_computation_times": False,
}

# --- the site -------------------------------------------------------------------------------------

html_theme = "furo"
html_title = f"rfscale {release}"
html_static_path = ["_static"]
html_css_files = ["book.css"]
html_js_files = ["book.js"]
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False
html_search_scorer = str(HERE / "scorer.js")
html_show_search_summary = False  # summaries are fetched, which a page that is a file may not do
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0072B2", "color-brand-content": "#0067a3"},
    "dark_css_variables": {"color-brand-primary": "#56B4E9", "color-brand-content": "#56B4E9"},
}

# MathJax 3.2.2 in one file, from a package: all that it needs is in it, and nothing is loaded
# later. A macro that it does not know is an error, which the tests see.
(mathjax,) = (
    path
    for path in metadata.files("sphinx-mathjax-offline")
    if path.match("static/mathjax/tex-svg.js")
)
html_static_path += [str(mathjax.locate())]
mathjax_path = mathjax.name
mathjax3_config = {
    "loader": {"load": []},
    "tex": {"packages": {"[-]": ["autoload", "require", "noerrors", "noundefined"]}},
    "svg": {"fontCache": "global", "scale": 0.92},
    "options": {
        "enableMenu": False,
        "ignoreHtmlClass": "tex2jax_ignore|page",
        "processHtmlClass": "math",
    },
}
