"""What can go wrong when the page is served.

ingest.errors.FootnoteError
└── ServerError     the address cannot be listened on
"""

from ingest.errors import FootnoteError


class ServerError(FootnoteError):
    """The page cannot be served at the port given."""
