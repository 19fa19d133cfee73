"""The canvas: keeps pyqtgraph items in step with a scene, and tells where the mouse was."""
