"""Dated pictures of plots: what a run hands to the room `imagery`, and what it writes of the answers."""
