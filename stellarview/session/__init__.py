"""What the user has before him and what he chose: files, names, switches, notes. Never an array, never a result."""
