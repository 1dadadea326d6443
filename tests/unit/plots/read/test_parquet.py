"""Parquet: whole numbers stay whole, and a file that unpacks to too many rows says the bound."""

import pyarrow as pa
import pyarrow.parquet as pq

from eudr_check.plots.thresholds import threshold
from tests.helpers.plot_files import codes, loaded, named
from tests.helpers.reader_cases import square


def test_whole_numbers_beside_empty_cells_keep_their_digits(tmp_path):
    """An id column of integers with a null is not turned into doubles."""
    path = tmp_path / "a.parquet"
    ids = pa.array([9007199254740993, 12, None], pa.int64())
    pq.write_table(pa.table({"plot_id": ids, "wkt": [square(number).wkt for number in range(3)]}), path)
    made, findings = loaded(named(path))

    assert made["plot_id"].tolist() == ["9007199254740993", "12"]
    assert codes(findings, 3) >= {"id_missing"}


def test_equal_rows_without_end_are_refused_by_their_number(tmp_path):
    """A small file of many millions of equal rows is refused before it is unpacked."""
    path = tmp_path / "a.parquet"
    table = pa.table({"a": pa.array([0] * 1_000_000, pa.int8())})
    with pq.ParquetWriter(path, table.schema) as writer:
        for _ in range(threshold("sheet_max_cells") // 1_000_000 + 1):
            writer.write_table(table)
    made, findings = loaded(named(path))

    assert not len(made)
    assert codes(findings) == {"file_too_large"}
    assert str(threshold("sheet_max_cells")) in findings["message"].item()
