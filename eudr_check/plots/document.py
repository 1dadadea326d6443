"""The table of checks for the docs, made from what the checks themselves go by."""

from eudr_check import text
from eudr_check.plots.thresholds import codes, thresholds


def table_of_codes() -> str:
    """Markdown: every code with its severity, its figures and the sentence people read."""
    lines = ["| code | severity | figures | what people read |", "|---|---|---|---|"]
    for code, entry in codes().items():
        figures = ", ".join(f"`{name}`" for name in entry.get("thresholds", []))
        sentence = text.topic("findings")[code]["en"].replace("|", "\\|")
        lines.append(f"| `{code}` | {entry['severity']} | {figures} | {sentence} |")
    return "\n".join(lines) + "\n"


def table_of_thresholds() -> str:
    """Markdown: every figure with its unit and source."""
    lines = ["| figure | value | unit | source |", "|---|---|---|---|"]
    lines += [
        f"| `{name}` | {_written(entry['value'])} | {entry['unit'].replace('|', '/')} | {entry['source']} |"
        for name, entry in thresholds().items()
    ]
    return "\n".join(lines) + "\n"


def _written(value: float | dict[str, float]) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {number:g}" for name, number in value.items())
    return f"{value:g}"
