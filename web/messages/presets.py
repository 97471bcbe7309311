"""What pages say of the presets: a title, and what each is for."""

from web.messages.languages import gettext_noop

PRESETS = {
    "balanced": (
        gettext_noop("Balanced"),
        gettext_noop("The painting's strokes and colours, the photograph's composition."),
    ),
    "draft": (
        gettext_noop("Draft"),
        gettext_noop("Small and rough, to see quickly whether two pictures go together."),
    ),
    "bold": (
        gettext_noop("Bold"),
        gettext_noop("More painting: large strokes and strong colours."),
    ),
    "subtle": (
        gettext_noop("Subtle"),
        gettext_noop("More photograph: faces and outlines stay as they are."),
    ),
    "fine": (
        gettext_noop("Fine"),
        gettext_noop("Stronger and finer strokes, for prints. It takes about four times as long."),
    ),
    "faithful": (
        gettext_noop("Faithful"),
        gettext_noop("The method of the Keras example, to compare with."),
    ),
}
