"""The 17 labels."""

from stellarview.domain.labels import LABELS


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
