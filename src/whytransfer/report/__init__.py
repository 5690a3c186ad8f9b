"""The report of an audit: terminal, JSON, HTML, Markdown, JUnit. It draws what the document says and computes nothing."""

from whytransfer.report.canonical import from_json, read_saved, to_json
from whytransfer.report.charts import Chart, banner, chart
from whytransfer.report.comparison import render_comparison
from whytransfer.report.difference import render_difference
from whytransfer.report.html import to_html
from whytransfer.report.index import to_pages
from whytransfer.report.junit import to_junit
from whytransfer.report.markdown import to_markdown
from whytransfer.report.terminal import render, render_adaptation, render_brief
from whytransfer.report.validate import load_schema

__all__ = [
    "Chart",
    "banner",
    "chart",
    "from_json",
    "load_schema",
    "read_saved",
    "render",
    "render_adaptation",
    "render_brief",
    "render_comparison",
    "render_difference",
    "to_html",
    "to_json",
    "to_junit",
    "to_markdown",
    "to_pages",
]
