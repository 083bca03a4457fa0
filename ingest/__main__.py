"""``python -m ingest FOLDER``."""

from ingest.command import main

if __name__ == "__main__":
    main()
