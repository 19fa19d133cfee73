"""Ways of seeing why. `EXPLAINERS` is their table; every module here has its row."""

from __future__ import annotations

from stellarview.inference.explainers.cam import class_activation_map
from stellarview.inference.explainers.grad_cam import gradient_cam, hires_cam
from stellarview.inference.explainers.integrated_gradients import integrate_gradients
from stellarview.inference.explainers.occlusion import occlude
from stellarview.inference.explainers.saliency import flux_derivatives, saliency_times_input
from stellarview.inference.explanation import Explainer

EXPLAINERS: dict[str, Explainer] = {
    "cam": Explainer("cam", "What each position adds (global averages only)", class_activation_map, needs_gap=True),
    "grad-cam": Explainer("grad-cam", "Feature maps weighed by their mean gradients", gradient_cam),
    "hires-cam": Explainer("hires-cam", "What each position of the maps adds since the baseline", hires_cam),
    "saliency": Explainer(
        "saliency", "How the output answers to a change of flux", flux_derivatives, unit="derivative"
    ),
    "saliency-times-input": Explainer(
        "saliency-times-input", "Saliency times the departure from the baseline", saliency_times_input
    ),
    "integrated-gradients": Explainer(
        "integrated-gradients", "Gradients summed on the way from the baseline", integrate_gradients
    ),
    "occlusion": Explainer("occlusion", "What changes when a stretch is replaced by the baseline", occlude),
}
