"""How a writing model chooses its words, and how many of them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sampling:
    """Greedy at ``temperature`` 0, where the likeliest token is always taken.

    Above 0 tokens are drawn: from the likeliest ones whose chances add up to ``top_p``, in the
    same way for the same ``seed``. ``max_new_tokens`` bounds the answer.
    """

    max_new_tokens: int = 256
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0


GREEDY = Sampling()
