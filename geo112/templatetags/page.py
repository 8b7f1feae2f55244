"""Template tags of every page."""

from django import template

from geo112.importmap import import_map

register = template.Library()


@register.inclusion_tag("geo112/importmap.html", name="import_map")
def import_map_tag() -> dict[str, str]:
    """The script element that names the vendored and shared browser modules."""
    return {"text": import_map()}
