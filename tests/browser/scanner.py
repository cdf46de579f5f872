"""A handheld scanner for tests."""

from playwright.sync_api import Page

KEYS = {"(": ("Digit9", True), ")": ("Digit0", True), "-": ("Minus", False)}


class Scanner:
    """Sends keys as the browser gets them from a keyboard: with the instant at which each was pressed."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.browser = page.context.new_cdp_session(page)
        self.instant = page.evaluate("performance.timeOrigin + performance.now()") / 1000

    def send(self, text: str, *, end: str = "Enter", gap_ms: float = 4) -> None:
        for key in text:
            self._press(key, gap_ms)
        if end:
            self._press(end, gap_ms)

    def _press(self, key: str, gap_ms: float) -> None:
        self.instant += gap_ms / 1000
        code, is_shifted = KEYS.get(key, (f"Digit{key}" if key.isdigit() else f"Key{key.upper()}", key.isupper()))
        about = {"key": key, "code": code, "modifiers": 8 if is_shifted else 0, "timestamp": self.instant}
        if key in ("Enter", "Tab"):
            number = {"Enter": 13, "Tab": 9}[key]
            about |= {"code": key, "modifiers": 0, "windowsVirtualKeyCode": number}
            about |= {"text": "\r"} if key == "Enter" else {}
        else:
            about |= {"text": key, "windowsVirtualKeyCode": ord(key.upper())}
        self.browser.send("Input.dispatchKeyEvent", {"type": "keyDown", **about})
        self.browser.send("Input.dispatchKeyEvent", {"type": "keyUp", **{**about, "text": ""}})
