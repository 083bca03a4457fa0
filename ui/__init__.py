"""The chat page in the browser and the ``footnote`` command."""
