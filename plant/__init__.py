"""The site: its people, places and rules, and the wiring."""

VERSION = "0.1.0"
