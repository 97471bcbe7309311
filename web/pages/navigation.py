"""The pages that every page's header links to: route, title, and the scope that they need."""

from flask_babel import lazy_gettext

PAGES = (
    ("new_page.index", lazy_gettext("New picture"), "submit"),
    ("gallery_page.show", lazy_gettext("Gallery"), "read"),
    ("workers_page.index", lazy_gettext("Workers"), "operate"),
)
