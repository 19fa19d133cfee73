"""The nouns of the program: frozen types on numpy alone."""
