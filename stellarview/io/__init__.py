"""Everything that touches files: whoever needs one kind imports its module, and loads no other."""
