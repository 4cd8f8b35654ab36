"""How versions of models are named on the command line."""

from vultus_kit.tracking.records import CHAMPION

PREFIX = "vultus-"
"""What registered names of methods begin with."""


def registered_name(text: str) -> str:
    """The registered name of a method, or itself.

    Example:
        >>> registered_name("gdpw"), registered_name("vultus-gdpw")
        ('vultus-gdpw', 'vultus-gdpw')
    """
    return text if text.startswith(PREFIX) else f"{PREFIX}{text}"


def reference(text: str) -> str:
    """What names a version for the registry; the champion where only a model is named.

    Example:
        >>> reference("gdpw"), reference("vultus-gdpw/3"), reference("models:/vultus-gdpw@challenger")
        ('models:/vultus-gdpw@champion', 'models:/vultus-gdpw/3', 'models:/vultus-gdpw@challenger')
    """
    text = text.removeprefix("models:/")
    if "@" not in text and "/" not in text:
        text = f"{text}@{CHAMPION}"
    return f"models:/{registered_name(text)}"
