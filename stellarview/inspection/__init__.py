"""Everything about one star, as the window and the report show it: all usual models, one label explained, its place."""
