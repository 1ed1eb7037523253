"""Widgets of the app: line-API sheets that repaint the lines that changed."""
