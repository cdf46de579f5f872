"""Drills: a whole plant of its own, something breaks or many press at once, and every figure must end right."""
