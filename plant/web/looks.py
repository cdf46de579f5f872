"""What a state and a button look like: icon and tone beside the word. Colour says "look here", so most are grey."""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

ICONS = {
    "abort": '<circle cx="12" cy="12" r="9"/><path d="m8.5 8.5 7 7m0-7-7 7"/>',
    "batch": '<path d="M4 5h16l-6 8v6l-4 2v-8z"/>',
    "check": '<circle cx="12" cy="12" r="9"/><path d="m8 12.5 2.7 2.7L16 9.7"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5.2l3.4 2"/>',
    "close": '<path d="M6 6l12 12M18 6 6 18"/>',
    "container": '<path d="M4 8h16v12H4zM3 4h18v4H3zM10 12h4"/>',
    "dark": '<path d="M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z"/>',
    "down": '<path d="M12 4v11m-5-4.5 5 5 5-5M5 20h14"/>',
    "draft": '<circle cx="12" cy="12" r="9" stroke-dasharray="3.2 3.4"/>',
    "edit": '<path d="m4 20 1-4L16 5l3 3L8 19zM14 7l3 3"/>',
    "gauge": '<path d="M4.2 18a9.5 9.5 0 1 1 15.6 0M12 14.5l4-5"/><circle cx="12" cy="14.5" r="1.4"/>',
    "hand": '<circle cx="12" cy="12" r="9"/><path d="M9.5 8.5v7m5-7v7"/>',
    "inbound": '<path d="M12 3v10m-4-4 4 4 4-4M4 14v6h16v-6"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5M12 7.6v.2"/>',
    "left": '<path d="m14.5 6-6 6 6 6"/>',
    "light": '<circle cx="12" cy="12" r="4"/>'
    '<path d="M12 2.5v2m0 15v2m9.5-9.5h-2m-15 0h-2m16.2-6.7-1.4 1.4M6.7 17.3l-1.4 1.4"/>'
    '<path d="m18.7 18.7-1.4-1.4M6.7 6.7 5.3 5.3"/>',
    "limit": '<path d="M3 20h18M6 20v-6m6 6V9m6 11v-8M3 5h18"/>',
    "lock": '<path d="M6 11h12v9H6zM8.5 11V7.5a3.5 3.5 0 0 1 7 0V11"/>',
    "lot": '<path d="M12 3 4 7v10l8 4 8-4V7zM4 7l8 4 8-4m-8 4v10"/>',
    "merge": '<path d="M4 5h3c4 0 4 7 8 7h5m-4-4 4 4-4 4M4 19h3c4 0 4-7 8-7"/>',
    "move": '<path d="M4 12h16m-6-6 6 6-6 6"/>',
    "out": '<path d="M14 4h5v16h-5M4 12h10m-4-4 4 4-4 4"/>',
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c1-4 4-6 7.5-6s6.5 2 7.5 6"/>',
    "play": '<circle cx="12" cy="12" r="9"/><path d="M10 8.3v7.4l6-3.7z"/>',
    "print": '<path d="M7 9V3h10v6M7 17H4V9h16v8h-3M7 14h10v7H7z"/>',
    "receipt": '<path d="M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6"/>',
    "right": '<path d="m9.5 6 6 6-6 6"/>',
    "scale": '<path d="M12 4v16M7 20h10M4 7h16M4 7l-2 6h5zm16 0-2 6h5z"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
    "sound": '<path d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4 4 0 0 1 0 6m2.5-9a8 8 0 0 1 0 12"/>',
    "split": '<path d="M4 12h5c4 0 4-6 8-6h3m-3-3 3 3-3 3M9 12c4 0 4 6 8 6h3m-3-3 3 3-3 3"/>',
    "system": '<circle cx="12" cy="12" r="8.5"/><path d="M12 3.5a8.5 8.5 0 0 1 0 17z" fill="currentColor"/>',
    "truck": '<path d="M2.5 6H14v11H2.5zM14 10h4l3.5 3.5V17H14z"/><circle cx="7" cy="18" r="2"/>'
    '<circle cx="17.5" cy="18" r="2"/>',
    "undo": '<path d="M4 9h10a6 6 0 0 1 0 12h-3M8 5 4 9l4 4"/>',
    "warn": '<path d="M12 3.5 22 20.5H2zM12 10v5m0 2.5v.2"/>',
}

QUIET, BUSY, GOOD, LOOK, BAD = "quiet", "busy", "good", "look", "bad"

STATES = {
    "draft": ("draft", QUIET),
    "planned": ("draft", QUIET),
    "open": ("play", BUSY),
    "running": ("play", BUSY),
    "dispatched": ("truck", BUSY),
    "held": ("hand", LOOK),
    "on_hold": ("hand", LOOK),
    "pending": ("clock", LOOK),
    "stale": ("clock", LOOK),
    "damaged": ("warn", BAD),
    "defective": ("warn", BAD),
    "recalled": ("warn", BAD),
    "hazard": ("warn", BAD),
    "over": ("warn", BAD),
    "closed": ("check", QUIET),
    "delivered": ("check", GOOD),
    "released": ("check", GOOD),
    "intact": ("check", QUIET),
    "aborted": ("abort", QUIET),
    "cancelled": ("abort", QUIET),
    "returned": ("undo", LOOK),
    "agrees": ("check", GOOD),
    "seen": ("check", QUIET),
    "adjusted": ("edit", LOOK),
    "missing": ("warn", BAD),
    "elsewhere": ("move", LOOK),
    "not_seen": ("search", LOOK),
    "gone": ("out", QUIET),
    "later": ("clock", QUIET),
    "posted": ("check", GOOD),
    "abandoned": ("abort", QUIET),
    "reversed": ("undo", QUIET),
    "signed": ("check", GOOD),
    "restated": ("undo", LOOK),
}
"""State value to icon and tone; a state that is not here is a quiet dot."""


def icon(name: str) -> SafeString:
    """A small drawing that repeats what the word beside it says (so a screen reader skips it)."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>',
        mark_safe(ICONS[name]),  # our own constants
    )


def badge(state: str, label: object) -> SafeString:
    """A state as icon, word and tone."""
    name, tone = STATES.get(str(state), ("info", QUIET))
    return format_html('<span class="badge {}">{}{}</span>', tone, icon(name), label)
