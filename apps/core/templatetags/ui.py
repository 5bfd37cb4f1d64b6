"""Small words of the screens, built into every template."""

from django import template

register = template.Library()
