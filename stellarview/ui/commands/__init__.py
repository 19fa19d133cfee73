"""What the commands do, one function each, by menu. `ui/actions.py` is their table."""
