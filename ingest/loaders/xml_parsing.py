"""XML from files that nobody vouches for: nothing is expanded, nothing else is loaded."""

from typing import TYPE_CHECKING

from ingest.errors import DocumentError

if TYPE_CHECKING:
    from lxml.etree import XMLParser, _Element


def safe_parser(encoding: str | None = None, recover: bool = False) -> "XMLParser":
    """Return a parser that expands no entity, loads no DTD, reaches no network, limits depth.

    Comments and processing instructions are gone. ``recover`` reads on past what is damaged.
    """
    from lxml import etree

    return etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        recover=recover,
        remove_comments=True,
        remove_pis=True,
    )


def parse_xml(data: bytes, name: str) -> "_Element":
    """Return the root element; no entity is expanded, nothing else is loaded, depth is limited.

    ``name`` is the part that a DocumentError names. Comments and processing instructions are gone.
    """
    from lxml import etree

    try:
        root = etree.fromstring(data, safe_parser())
    except etree.XMLSyntaxError as error:
        reason = " ".join(str(error.msg).split())[:100]
        raise DocumentError(f"damaged: its part {name} is not valid XML ({reason})") from None
    return root
