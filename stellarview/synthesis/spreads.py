"""How far stars differ in each label: where a spectrum tells less, an answer is the population, not the star."""

from __future__ import annotations

# One sigma over the stars that MRS sees (FGK dwarfs and giants of the disc). [X/Fe]: our rounding of how wide the
# [X/Fe] diagrams of APOGEE DR17 and GALAH DR3 are, all [Fe/H] together (Abdurro'uf et al. 2022, ApJS 259, 35; Buder
# et al. 2021, MNRAS 506, 150). They decide a verdict, to a factor of 1.5, and hold a fit; nothing else.
POPULATION_SIGMA: dict[str, float] = {
    "teff": 700.0,
    "logg": 1.0,
    "feh": 0.35,
    "vmic": 0.15,  # about the usual relation
    "c_fe": 0.15,  # dredge-up included
    "n_fe": 0.20,  # dredge-up included
    "o_fe": 0.15,
    "mg_fe": 0.13,
    "al_fe": 0.15,
    "si_fe": 0.10,
    "s_fe": 0.12,
    "k_fe": 0.12,
    "ca_fe": 0.10,
    "ti_fe": 0.12,
    "cr_fe": 0.06,
    "mn_fe": 0.13,
    "ni_fe": 0.06,
    "cu_fe": 0.15,
    "na_fe": 0.13,
}
