"""Stars among isochrones: interpolation along equivalent evolutionary points, and posteriors of age and mass."""
