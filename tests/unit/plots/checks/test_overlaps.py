"""Plots at one place: findings are bounded, and nothing that was not compared passes."""

import time

import numpy as np
import pytest

from eudr_check.plots.thresholds import threshold
from tests.helpers.plot_files import geojson, loaded, point, polygon, ring


def spread(count, reach, seed=1):
    return np.random.default_rng(seed).uniform(-reach, reach, (count, 2))


def test_points_taken_at_the_office_are_counted(tmp_path):
    """Two thousand points in one yard give some findings each, and one that counts the rest exactly."""
    places = spread(2000, 0.00004)
    rows = [point(f"P{n}", float(-76.1000001 + x), float(-6.0400001 + y)) for n, (x, y) in enumerate(places)]
    began = time.process_time()
    _, findings = loaded(geojson(tmp_path, *rows))
    took = time.process_time() - began
    xy = np.array([row["geometry"]["coordinates"] for row in rows])
    blocked = findings.loc[findings["code"] == "duplicate_exact", "source_row"].astype(int) - 1
    kept = np.setdiff1d(np.arange(2000), blocked)
    apart = np.linalg.norm((xy[kept][:, None] - xy[kept][None]) * [110_700, 110_600], axis=2)
    close = (apart <= threshold("point_duplicate_m")).sum(axis=1) - 1
    listed = findings[findings["code"] == "points_close"].groupby("source_row").size()
    more = findings[findings["code"] == "neighbours_more"].set_index("source_row")["details"]
    counted = listed.add(more.str.extract(r'"more": (\d+)')[0].astype(int), fill_value=0)

    assert listed.max() == threshold("findings_per_plot_max")
    assert counted.reindex(kept + 1).to_numpy() == pytest.approx(close, abs=close.max() * 0.02)
    assert len(findings) < 2000 * 30
    assert took < 60


def test_stack_of_polygons_is_blocked_not_passed(tmp_path):
    """Of six hundred polygons on one field nothing usable is left that was not compared with all others."""
    rows = [polygon(f"P{n}", ring(dx=x, dy=y)) for n, (x, y) in enumerate(spread(600, 0.0005))]
    began = time.process_time()
    made, findings = loaded(geojson(tmp_path, *rows))
    took = time.process_time() - began
    unchecked = set(findings.loc[findings["code"] == "neighbours_unchecked", "plot"])

    assert not set(made.index[made["usable"]]) & unchecked
    assert findings.groupby(["plot", "code"]).size().max() <= threshold("findings_per_plot_max")
    assert took < 60


def test_one_large_plot_over_many_small_ones_is_compared_with_each(tmp_path):
    """A plot that holds three hundred others is compared with all of them: the bound is for stacks only."""
    small = [polygon(f"S{n}", ring(dx=n % 20 * 0.003 + 0.003, dy=n // 20 * 0.003 + 0.003)) for n in range(300)]
    large = polygon(
        "L", ring(corners=[[-76.101, -6.041], [-76.0311, -6.0412], [-76.0312, -5.9871], [-76.1012, -5.9873]])
    )
    _, findings = loaded(geojson(tmp_path, large, *small))
    by_code = findings["code"].value_counts()

    assert by_code["inside_another"] == 300
    assert "neighbours_unchecked" not in by_code
    assert findings.loc[findings["code"] == "neighbours_more", "message"].str.contains("280 more").all()
