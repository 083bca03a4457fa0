"""Turns text of documents, file names and errors into markup that can only be read as text.

Every string that this program did not write itself passes through one of these two functions
before it reaches the page. The sanitizer of the chat and the content security policy stand behind
them.
"""

import html
import re

from rag.wording import printable

_TEMPLATE_SIGNS = {ord(sign): f"&#{ord(sign)};" for sign in "{}$`\\"}
_MARKDOWN_SIGN = re.compile(r"[!-,./:-@\[-`{-~-]")


def escape_html(text: str) -> str:
    """Return the text for an HTML element or a quoted attribute.

    The signs of the page's template languages are escaped too.
    """
    return html.escape(printable(text), quote=True).translate(_TEMPLATE_SIGNS)


def escape_markdown(text: str) -> str:
    """Return one paragraph of Markdown that shows the text as it is.

    Each ASCII punctuation sign becomes a character reference: unlike a sign with a backslash
    before it, a reference can never open a tag, a link, an image, a formula or an autolink.
    """
    line = " ".join(printable(text).split())
    return _MARKDOWN_SIGN.sub(lambda sign: f"&#{ord(sign[0])};", line)
