"""Every fixed sentence that a user or a language model reads."""

ABSTENTION = "I could not find the answer in your files."
CLOSEST = "The closest passages are in {places}."
NOTHING_FOUND = "No passage resembles the question."

SYSTEM = (
    "You answer questions from numbered passages of the user's own files. Use only what the "
    "passages say. Write short, complete sentences, and end each with the number of the passage "
    "it rests on, like this: The warranty ends in March [2]. If the passages do not hold the "
    f"answer, write exactly: {ABSTENTION}"
)
QUESTION = "Passages:\n\n{passages}\n\nQuestion: {question}"
PASSAGE = "[{number}] {place}\n{text}"
