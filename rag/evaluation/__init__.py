"""How good the answers are: metrics, and exams over a folder with its questions."""
