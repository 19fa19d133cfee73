"""A judgement in words: the verdict first, every figure with its unit, what cannot be said as a dash."""

from __future__ import annotations

from dataclasses import replace

from stellarview.domain.judgement import CLASS, Change, Drift, Judgement, OutputJudgement
from stellarview.ui.training.judgement_words import judgement_html

AFTER = {"n": 1300, "bias": -12.3, "scatter": 81.0, "mae": 66.6, "within_68": 0.684, "within_95": 0.95}
LABEL = OutputJudgement(
    "teff", 60, AFTER, {"n": 1300, "mae": 92.0}, {"within_68": 0.41}, changes=(Change("error", -25.4, -33.0, -18.0),)
)
FOUND = Judgement(
    "mine", "a" * 64, "test", (LABEL,), "careful", ("Teff: better <than> before.",), "lrs-stellar",
    drift=(Drift("teff", 150, 40, 0.1, 0.4, 0.02, -3.2),), notes=("It may know held-out stars.",),
)  # fmt: skip


def test_that_the_verdict_comes_first_and_every_figure_has_its_unit() -> None:
    html = judgement_html(FOUND)
    assert html.startswith("<h3>Keep it with care.</h3>")
    assert "better &lt;than&gt; before." in html
    for words in ("−12.3 K", "66.6 K", "1,300", "68.4%", "41.0%", "–", "lrs-stellar", "60 groups of stars"):
        assert words in html
    assert "−25.4 K (95%: −33 to −18): better." in html
    assert "It may know held-out stars." in html
    assert "−3.2 K" in html


def test_that_classes_have_their_accuracy_and_no_unit() -> None:
    change = Change("error", 0.01, -0.01, 0.03)
    output = OutputJudgement(CLASS, 60, {"n": 300, "accuracy": 0.981}, changes=(change,))
    html = judgement_html(replace(FOUND, outputs=(output,), parent="", drift=()))
    assert "Classes" in html
    assert "98.1%" in html
    assert "+0.01 (95%: −0.01 to +0.03): chance explains it." in html
    assert "Forgetting" not in html
