"""The one import map of all pages, and its hash for the content security policy.

`#geo112/` is the folder of shared browser modules; Node resolves the same name through package.json.
"""

import base64
import hashlib
import json

from django.templatetags.static import static


def import_map() -> str:
    """The map as the text that stands between the script tags."""
    imports = {"maplibre-gl": static("vendor/maplibre-gl/maplibre-gl.mjs"), "#geo112/": static("geo112/")}
    return json.dumps({"imports": imports})


def source_hash(text: str) -> str:
    """A policy source that admits exactly this inline script."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
