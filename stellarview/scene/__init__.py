"""What a plot shows, without a window: marks, overlays that make them, and the figure that draws them for a paper."""
