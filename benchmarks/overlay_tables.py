"""The figures of `benchmarks.overlay` as the tables of docs/method.md."""

from typing import Any

Found = dict[str, Any]

LABELS = {
    "ours": "eudr-check, three layers in one pass",
    "exactextract": "exactextract, layer by layer",
    "combined": "exactextract, one raster of combined codes",
    "rasterstats": "rasterstats from GeoTIFFs (sample, scaled up)",
    "rasterstats_from_array": "rasterstats from arrays (sample, scaled up)",
}
COUNTS = ("2000", "20000", "200000", "2000000")


def ratios(found: Found) -> dict[str, float]:
    """How many times longer the others take per plot."""
    if "ours" not in found:
        return {}
    mine = found["ours"]["microseconds_per_plot"]
    named = {name: found[name]["microseconds_per_plot"] for name in LABELS if name in found and name != "ours"}
    if "rasterstats" in found:
        named["rasterstats_from_array"] = found["rasterstats"]["microseconds_per_plot_from_array"]
    return {name: value / mine for name, value in named.items()}


def peers(found: Found) -> str:
    """Seconds of each tool."""
    times = ratios(found)
    rows = ["| | seconds | microseconds a plot | times ours |", "|---|---:|---:|---:|"]
    for name, label in LABELS.items():
        part, _, kind = name.partition("_from_")
        if part in found:
            per_plot = found[part]["microseconds_per_plot" + (f"_from_{kind}" if kind else "")]
            seconds = found[part]["seconds"] if part != "rasterstats" else per_plot * found["plots"] / 1e6
            rows.append(f"| {label} | {seconds:.1f} | {per_plot:.0f} | {times.get(name, 1):.1f} |")
    return "\n".join(rows)


def beside(found: Found) -> str:
    """How true the overlay is, how it grows, and what it holds."""
    rows = list[tuple[str, str]]()
    if (truth := found.get("truth")) is not None:
        rows += [
            (
                "largest difference from exactextract's share of a cell (3,000 plots; it stores float32)",
                f"{truth['share_per_cell']:.1e}",
            ),
            (
                "largest difference in hectares per plot and combination, relative to the plot",
                f"{truth['hectares_relative_to_plot']:.1e}",
            ),
            (
                "largest difference between a plot's rows and its own area, relative",
                f"{truth['rows_against_own_area']:.1e}",
            ),
        ]
    if "tmf" in found:
        label = "time with TMF's own grid in the refinement and its variable, times that without"
        rows.append((label, f"{found['tmf']['ratio']:.1f}"))
    if "boundary" in found:
        label = "EVIDENCE with inner and outer hectares, plots on mixed ground only, times that without"
        rows.append((label, f"{found['boundary']['ratio']:.1f}"))
    if (scale := found.get("scale")) is not None:
        label = "microseconds a plot for 2,000 / 20,000 / 200,000 / 2,000,000 plots (processor time)"
        rows.append((label, " / ".join(f"{scale[count]['microseconds_per_plot']:.0f}" for count in COUNTS)))
        label = "memory of the whole process that times the 2,000,000 plots, workload and GeoDataFrames included"
        rows.append((label, f"{scale['peak_rss_mib']:.0f} MiB"))
    if "ours" in found:
        label = "memory allocated at most for one tile of 1,500 plots, its cube included"
        rows.append((label, f"{found['ours']['peak_mib_with_cube']:.0f} MiB"))
    for name, label in (
        ("100000_ha", "one plot of 100,000 ha over 23 million cells of 10 m: seconds, memory beside the cube"),
        ("1000000_vertices", "one plot of 1,000,000 vertices and 80,000 ha: seconds, memory beside the cube"),
    ):
        if "large" in found:
            one = found["large"][name]
            rows.append((label, f"{one['seconds']:.1f} s, {one['peak_mib_without_cube']:.0f} MiB"))
    return "\n".join(["| | |", "|---|---:|", *(f"| {label} | {figure} |" for label, figure in rows)])
