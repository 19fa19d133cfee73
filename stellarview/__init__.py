"""StellarView: what a stellar spectrum says, how sure the networks are, and why."""

__version__ = "0.1.0"
