"""How the embedded reader is made: data, negatives, loop, measure. One command, resumable."""
