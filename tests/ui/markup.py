"""Reads markup as a browser would and says what in it is live."""

from html.parser import HTMLParser

from markdown_it import MarkdownIt

ALLOWED_TAGS = frozenset(
    "a blockquote button code details div h1 header li mark ol p pre span summary".split()
)
ALLOWED_ATTRIBUTES = frozenset(
    "aria-label class data-level data-numbers dir hidden href id open role tabindex title "
    "type".split()
)


class LiveMarkup(HTMLParser):
    """Collects the tags, attributes and addresses of some HTML, and its visible text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: set[str] = set()
        self.text = ""
        self.others: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag and what it carries."""
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses |= {value or "" for name, value in attrs if name in ("href", "src")}

    def handle_data(self, data: str) -> None:
        """Note text that a person reads."""
        self.text += data

    def handle_comment(self, data: str) -> None:
        """Note a comment."""
        self.others.append(data)

    def handle_decl(self, decl: str) -> None:
        """Note a declaration."""
        self.others.append(decl)

    def handle_pi(self, data: str) -> None:
        """Note a processing instruction."""
        self.others.append(data)

    def unknown_decl(self, data: str) -> None:
        """Note a marked section."""
        self.others.append(data)


def foreign_html(html: str) -> set[str]:
    """Return everything in the HTML that the page never writes itself; empty is good."""
    live = LiveMarkup(html)
    return (
        (live.tags - ALLOWED_TAGS)
        | (live.attributes - ALLOWED_ATTRIBUTES)
        | {address for address in live.addresses if not address.startswith("#")}
        | set(live.others)
    )


def foreign_markdown(markdown: str) -> set[str]:
    """Return the Markdown's constructs that the page never writes itself; empty is good."""
    plain = {"paragraph", "inline", "text", "softbreak", "strong", "em", "link", "bullet_list"}
    plain |= {"ordered_list", "list_item", "text_special"}
    found: set[str] = set()
    for block in MarkdownIt("commonmark").enable("table").parse(markdown):
        for token in (block, *(block.children or ())):
            found.add(token.type.removesuffix("_open").removesuffix("_close"))
            address = str(token.attrs.get("href", "#"))
            if not address.startswith("#"):
                found.add(address)
    return found - plain


def shown_text(markdown: str) -> str:
    """Return the words that a person reads, with single spaces."""
    html = MarkdownIt("commonmark").render(markdown)
    return " ".join(LiveMarkup(html).text.split())
