"""From a question to a grounded answer. Knows nothing of pages, buttons or HTTP."""

from rag.assistant import Assistant, answer
from rag.prompts import ABSTENTION
from rag.types import Answer, Citation, Event, Hit, Turn

__all__ = ["ABSTENTION", "Answer", "Assistant", "Citation", "Event", "Hit", "Turn", "answer"]
