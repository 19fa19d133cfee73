"""Label tables in CSV, ECSV, FITS and VOTable, their columns guessed; `TABLE_FORMATS` is the table."""

from __future__ import annotations

from stellarview.io.tables.formats import TABLE_FORMATS
from stellarview.io.tables.label_table import LabelTable, read_label_table

__all__ = ["TABLE_FORMATS", "LabelTable", "read_label_table"]
