"""From a folder of documents to a searchable library. Knows nothing of questions."""
