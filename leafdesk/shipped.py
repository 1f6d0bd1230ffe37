"""Where the files lie that come with Leafdesk: icon, licences, guide."""

from pathlib import Path

_HOUSE = Path(__file__).parent


def shipped(name: str, house: Path = _HOUSE) -> Path:
    """The file or folder `name` ("icons/leafdesk.svg"), in a checkout, an installed wheel or a bundle alike.

    A wheel and a bundle carry `resources` inside the package, a checkout beside it. Raises FileNotFoundError.
    """
    for place in (house / "resources", house.parent / "resources"):
        if (place / name).exists():
            return place / name
    raise FileNotFoundError(f"this copy of Leafdesk lacks {name}; installing it anew brings it back")
