"""Every word of a page can be translated: none stands bare in a template."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES = sorted(path for path in Path(settings.BASE_DIR).glob("**/templates/**/*.html") if ".venv" not in str(path))
NAMES = {"Blackmass", "CSV", "XLSX", "EPA", "ID", "ZPL", "QR", "SSCC", "REST", "GET", "lb", "kg", "kWh", "PIN"}
"""Names and units that stay as they are."""
_NOT_SHOWN = [
    re.compile(pattern, re.DOTALL)
    for pattern in (
        r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}",  # marked
        r"{%\s*block (?:width|density)\s*%}.*?{%\s*endblock",  # a class
        r"{%.*?%}|{{.*?}}|{#.*?#}|<!--.*?-->",
        r"<(?:script|style)\b.*?</(?:script|style)>",
    )
]
_SPOKEN = re.compile(r'\b(?:aria-label|title|placeholder|alt)="([^"]*)"')


def bare_words(template: str) -> set[str]:
    for pattern in _NOT_SHOWN:
        template = pattern.sub(" ", template)
    text = re.sub(r"<[^>]*>|&\w+;", " ", template)
    return set(re.findall(r"[A-Za-z]{2,}", " ".join([text, *_SPOKEN.findall(template)]))) - NAMES


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_no_word_stands_bare(path: Path) -> None:
    assert bare_words(path.read_text()) == set()


def test_a_bare_word_is_found() -> None:
    assert bare_words('<p title="Weigh it">{% translate "Net" %} Gross</p>') == {"Weigh", "it", "Gross"}
