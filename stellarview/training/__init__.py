"""Training: from spectrum sets and a TOML file to a model with calibrated errors and honest metrics.

Nothing here imports torch before it trains, so that a form can be made of the configuration at once.
"""
