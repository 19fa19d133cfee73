"""The Train workspace: labelled spectra in, training runs, their judgement, and the models that are kept."""
