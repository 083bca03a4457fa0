"""Office files as the tests need them, written part by part."""

import zipfile
from pathlib import Path

_MAIN = "http://schemas.openxmlformats.org"
NAMESPACES = (
    f'xmlns:w="{_MAIN}/wordprocessingml/2006/main" xmlns:m="{_MAIN}/officeDocument/2006/math" '
    f'xmlns:r="{_MAIN}/officeDocument/2006/relationships" '
    f'xmlns:a="{_MAIN}/drawingml/2006/main" xmlns:p="{_MAIN}/presentationml/2006/main" '
    f'xmlns:c="{_MAIN}/drawingml/2006/chart" xmlns:dgm="{_MAIN}/drawingml/2006/diagram" '
    f'xmlns:mc="{_MAIN}/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wps="urn:shape"'
)
TRANSITIONAL = f"{_MAIN}/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"


def xml(root: str, content: str) -> str:
    """Return a part with this root element and content."""
    return f'<?xml version="1.0" encoding="UTF-8"?><{root} {NAMESPACES}>{content}</{root}>'


def relationships(*links: tuple[str, str, str]) -> str:
    """Return a part of relations; each link is an id, a kind and a target."""
    written = "".join(
        f'<Relationship Id="{name}" Type="{_MAIN}/officeDocument/2006/relationships/{kind}" '
        f'Target="{target}"/>'
        for name, kind, target in links
    )
    return f'<Relationships xmlns="{_MAIN}/package/2006/relationships">{written}</Relationships>'


def package(path: Path, parts: dict[str, str | bytes]) -> Path:
    """Write a zip package of these parts and return its path."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def core(title: str) -> str:
    """Return core properties with this title."""
    return xml("coreProperties", f"<dc:title>{title}</dc:title>")
