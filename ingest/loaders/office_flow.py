"""The flow of text in a document: paragraphs, with the lists and the code that go on over them."""

from ingest.loaders.builder import DocumentBuilder
from ingest.loaders.office_list import ListWriter


class TextFlow:
    """What is written into: the page, or what will be a cell or a note."""

    def __init__(self, builder: DocumentBuilder) -> None:
        self.builder = builder
        self.lists = ListWriter(builder)
        self._code: list[str] = []

    def code(self, text: str) -> None:
        """Add lines of code to those before them."""
        self.lists.end()
        self._code += text.rstrip().expandtabs(4).split("\n")

    def end_code(self) -> None:
        """Write the lines of code that were gathered."""
        self.builder.solid("\n".join(self._code).strip("\n"))
        self._code.clear()

    def close(self) -> None:
        """End all that may go on from one paragraph to the next."""
        self.end_code()
        self.lists.end()
