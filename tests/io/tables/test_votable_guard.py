"""VOTables that point elsewhere or claim too much are refused before astropy opens them."""

from __future__ import annotations

from pathlib import Path

import pytest

from stellarview.domain.errors import StellarViewError
from stellarview.io.tables.label_table import read_label_table
from stellarview.io.tables.votable_guard import refuse_outside_data

TABLE = """<?xml version="1.0"?>{doctype}
<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE><TABLE nrows="{nrows}">
<FIELD name="obsid" datatype="long"/><FIELD name="teff" datatype="double" arraysize="{arraysize}"/>
<DATA>{data}</DATA></TABLE></RESOURCE></VOTABLE>"""
ROWS = "<TABLEDATA><TR><TD>1</TD><TD>5000</TD></TR></TABLEDATA>"


def votable(nrows: str = "1", arraysize: str = "1", data: str = ROWS, doctype: str = "") -> str:
    return TABLE.format(nrows=nrows, arraysize=arraysize, data=data, doctype=doctype)


def test_that_an_honest_table_passes(tmp_path: Path) -> None:
    link = '<LINK href="http://somewhere.org/"/>'
    text = votable(doctype='<!DOCTYPE VOTABLE SYSTEM "http://us-vo.org/xml/VOTable.dtd">').replace(
        "<DATA>", link + "<DATA>"
    )
    refuse_outside_data(text.encode())
    (tmp_path / "t.vot").write_text(votable())
    assert read_label_table(tmp_path / "t.vot").labels["teff"].tolist() == [5000.0]


LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (votable(data='<BINARY><STREAM href="file:///etc/passwd"/></BINARY>'), "data in another file"),
        (votable(data='<v:BINARY xmlns:v="x"><v:STREAM href="http://x/"/></v:BINARY>'), "data in another file"),
        (votable(data='<FITS extnum="1"><STREAM encoding="base64"/></FITS>'), "data in another file"),
        (votable(nrows="99999999999"), "claims 99999999999 rows"),
        (votable(nrows="9" * 30), "rows"),
        (votable(arraysize="1000000000"), "values in a field"),
        (votable(arraysize="1000x1000x*"), "values in a field"),
        (votable(doctype='<!DOCTYPE VOTABLE [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), "defines XML entities"),
        (votable(doctype=f'<!DOCTYPE VOTABLE [<!ENTITY l0 "ha">{LAUGHS}]>', data="&l9;"), "defines XML entities"),
    ],
)
def test_that_tables_with_traps_are_refused_at_once(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "t.vot").write_text(text)
    with pytest.raises(StellarViewError) as caught:
        read_label_table(tmp_path / "t.vot")
    assert why in caught.value.why
