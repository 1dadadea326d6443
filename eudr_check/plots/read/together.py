"""Tables of one delivery that call the same thing by different headers."""

from eudr_check.config import PlotFile
from eudr_check.plots.read import columns
from eudr_check.plots.read.raw_table import Delivery, joined


def together(parts: list[Delivery], file: PlotFile) -> Delivery:
    """Several tables as one delivery: what a later one calls otherwise gets the header of the first that has it.

    Args:
        parts: the tables, in order.
        file: what the harvest says of the file.
    """
    if len(parts) > 1:
        ours: dict[str, str] = {}
        for part in parts:
            headers = [str(header) for header in part.attributes.columns]
            explicit = {field: header for field, header in file.columns.items() if header in headers}
            taken = columns.recognise(headers, explicit)
            if "plot_id" not in taken and part.label in headers:
                taken["plot_id"] = str(part.label)
            _rename(part, {header: ours.setdefault(field, header) for field, header in taken.items()})
    return joined(parts)


def _rename(part: Delivery, names: dict[str, str]) -> None:
    changed = {
        theirs: common for theirs, common in names.items() if theirs != common and common not in part.attributes.columns
    }
    part.attributes = part.attributes.rename(columns=changed)
    part.dates = {changed.get(header, header): rows for header, rows in part.dates.items()}
    part.restyled = {changed.get(header, header): rows for header, rows in part.restyled.items()}
    part.label = changed.get(str(part.label), part.label)
