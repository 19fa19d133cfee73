"""Runs trained ensembles: many members in one call, in physical units, on whatever device is there."""
