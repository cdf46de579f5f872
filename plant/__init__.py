"""The site: its people, places and rules, and the wiring."""
