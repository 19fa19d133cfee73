"""Lines measured by hand: local continua, equivalent widths and fitted profiles, on numpy alone."""
