"""A hook of mkdocs: LaTeX between dollars becomes MathML while the site is built, so that readers need no script.

Temml, vendored from npm beside its font (vendor/ORIGIN.txt), does it inside QuickJS; a formula that it doesn't understand stops the build.
"""

import html
import re
from functools import cache
from pathlib import Path

import quickjs
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File

VENDOR = Path(__file__).resolve().parent / "vendor"
STYLES, FONT = "vendor/maths.css", "vendor/noto-sans-math.woff2"
# What arithmatex leaves of $...$ and $$...$$, with the brackets and stops that hang on it.
FORMULA = re.compile(r'(\(*)<(span|div) class="arithmatex">\\[(\[](.*?)\\[)\]]</\2>([).,;:]*)', re.DOTALL)
# Long displays scroll by themselves; the page never does. A stop stays with its formula. The font's small primes are too small.
OURS = """.formula { overflow-x: auto; overflow-y: hidden; }
.formula-and-stop { white-space: nowrap; }
mo.tml-prime { font-size: 130%; transform: translateY(0.3em); }
"""
# normalize(): the binding reads flat strings only, and what JavaScript has added up is a tree.
RENDER = """function render(latex, display) {
  return temml.renderToString(latex, {displayMode: display === "display", throwOnError: true, strict: true, wrap: "tex"}).normalize();
}"""


@cache
def engine():
    """The one JavaScript engine, with Temml in it."""
    context = quickjs.Context()
    context.eval((VENDOR / "temml.min.js").read_text(encoding="utf-8"))
    context.eval(RENDER)
    return context.get("render")


def mathml(latex: str, *, display: bool = False) -> str:
    """One formula as a MathML element; ValueError with Temml's words for what it doesn't understand."""
    try:
        return engine()(latex, "display" if display else "inline")
    except quickjs.JSException as error:
        raise ValueError(str(error).splitlines()[0]) from None


def on_files(files, config):
    """The styles name the font that lies beside them."""
    named = (
        (VENDOR / "temml.css")
        .read_text(encoding="utf-8")
        .replace("NotoSansMath-Regular.ttf", Path(FONT).name)
    )
    files.append(File.generated(config, STYLES, content=named + OURS))
    return files


def on_page_content(content, page, **_):
    """Every formula of a page."""

    def replaced(found: re.Match) -> str:
        before, kind, latex, after = found[1], found[2], html.unescape(found[3]).strip(), found[4]
        try:
            formula = mathml(latex, display=kind == "div")
        except ValueError as error:
            raise PluginError(f"{page.file.src_uri}: {latex}: {error}") from None
        if kind == "div":
            return f'{before}<div class="formula">{formula}</div>{after}'
        if before or after:
            return f'<span class="formula-and-stop">{before}{formula}{after}</span>'
        return formula

    return FORMULA.sub(replaced, content)
