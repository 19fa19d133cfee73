"""The 17 labels."""

from stellarview.domain.labels import LABELS, label_named, relative_to_iron


def test_that_the_labels_stand_in_the_order_of_the_catalogue() -> None:
    assert list(LABELS) == [
        "teff", "logg", "ch", "nh", "oh", "mgh", "alh", "sih", "sh",
        "kh", "cah", "tih", "crh", "mnh", "feh", "nih", "cuh",
    ]  # fmt: skip


def test_that_no_alias_means_two_labels() -> None:
    aliases = [alias for label in LABELS.values() for alias in (label.key, *label.aliases)]
    assert len(aliases) == len(set(aliases))


def test_that_every_label_has_a_unit_and_a_meaning() -> None:
    assert all(label.unit and label.meaning and label.text for label in LABELS.values())


def test_that_ratios_to_iron_follow_from_abundances_where_iron_is_known() -> None:
    ratios = relative_to_iron(tuple(LABELS))
    assert len(ratios) == 14
    assert (ratios["mgh"].key, ratios["mgh"].text, ratios["mgh"].unit) == ("mg_fe", "[Mg/Fe]", "dex")
    assert relative_to_iron(("teff", "mgh")) == {}


def test_that_a_ratio_is_called_as_no_label_is() -> None:
    assert not {ratio.key for ratio in relative_to_iron(tuple(LABELS)).values()} & {
        name for label in LABELS.values() for name in (label.key, *label.aliases)
    }


def test_that_a_label_that_nobody_knows_is_called_by_its_key() -> None:
    assert label_named("teff") is LABELS["teff"]
    assert (label_named("subtype").text, label_named("subtype").unit) == ("subtype", "")
    assert (label_named("vmic").text, label_named("vmic").unit) == ("vmic", "")


def test_that_a_ratio_to_iron_and_the_subtype_are_known_by_their_keys() -> None:
    assert label_named("mg_fe").text == "[Mg/Fe]"
    assert label_named("mg_fe").unit == "dex"
    assert label_named("subtype").meaning.startswith("MK spectral subtype")
