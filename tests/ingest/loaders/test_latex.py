"""LaTeX is read as the words of its printed page."""

import time
from pathlib import Path

import pytest

from ingest.loaders import load
from ingest.types import Document

SOURCE = r"""\documentclass[a4paper]{article} % a comment
\usepackage{graphicx}
\title{Tides of the \emph{North} Sea}
\author{J\"urgen Voss\thanks{Harbour office}}
\begin{document}
\maketitle
% nobody reads this
\section{High Water}\label{sec:high}
The tide rises by 5\,\% --- see~\cite{voss2020} and Section~\ref{sec:low}.\footnote{At
\textbf{spring} tide.} It is ``strong'' when $h > 3$, as \href{http://x.example}{measured}.

\begin{itemize}
  \item north \textit{side}
  \item south
  \begin{enumerate} \item inner \item outer \end{enumerate}
\end{itemize}
\subsection*{Low Water}
\begin{equation}\label{eq:h}
  h = a \cos(t)
\end{equation}
\begin{table}[ht]
\caption{Berths \& metres}
\begin{tabular}{|l|p{3cm}|} \hline
Berth & Metres \\ \hline
North & \textbf{90} \\
\end{tabular}
\end{table}
\begin{lstlisting}[language=Python]
wait(5) % hours
\end{lstlisting}
\includegraphics[width=3cm]{map.png}
\begin{theorem}[Moon] It pulls. \end{theorem}
\input{/etc/passwd}
\begin{description}\item[ebb] falling\end{description}
\end{document}
"""


def read(tmp_path: Path, source: str) -> Document:
    """Return the Document of a file of this source."""
    path = tmp_path / "tides.tex"
    path.write_text(source)
    return load(path)


def test_page_reads_without_commands(tmp_path: Path) -> None:
    """Commands are gone; footnotes, formulas, lists, tables and code remain."""
    assert read(tmp_path, SOURCE).text == (
        "Tides of the North Sea\n\nJürgen Voss (Harbour office)\n\n"
        "High Water\n\n"
        "The tide rises by 5 % — see [voss2020] and Section sec:low. (At spring tide.) It is "
        "“strong” when $h > 3$, as measured.\n\n"
        "- north side\n- south\n  1. inner\n  2. outer\n\n"
        "Low Water\n\nh = a \\cos(t)\n\nBerths & metres\n\nBerth | Metres\nNorth | 90\n\n"
        "wait(5) % hours\n\nTheorem (Moon). It pulls.\n\n- ebb: falling"
    )


def test_headings_and_solid_parts_have_their_place(tmp_path: Path) -> None:
    """Sections are headings by rank; formulas, tables and code are not cut."""
    document = read(tmp_path, SOURCE)

    assert document.title == "Tides of the North Sea"
    assert [(h.level, h.title) for h in document.headings] == [
        (1, "Tides of the North Sea"),
        (3, "High Water"),
        (4, "Low Water"),
    ]
    for heading in document.headings:
        assert document.text[heading.start :].startswith(heading.title)
    assert [document.text[span.start : span.end] for span in document.solid] == [
        "h = a \\cos(t)",
        "Berth | Metres\nNorth | 90",
        "wait(5) % hours",
    ]


def test_nothing_is_included(tmp_path: Path) -> None:
    """Another file is counted, not read; so are pictures."""
    document = read(tmp_path, SOURCE)

    assert "root:" not in document.text
    assert document.notes == ("included files that were not read: 1", "pictures without text: 1")


def test_accents_are_letters(tmp_path: Path) -> None:
    """The spellings of letters that old keyboards lacked are the letters."""
    text = read(tmp_path, r"Stra\ss e, Bj\o rn, \v{S}koda, Fran\c{c}ois, \'{e}t\'e, \^\i le.").text

    assert text == "Straße, Bjørn, Škoda, François, été, ıle.".replace("ıle", "île")


@pytest.mark.parametrize(
    "source",
    [r"\begin{verbatim}" * 3_000, "{" * 50_000, r"\footnote{" * 2_000, "$" * 9_001, r"\[" * 9_000],
)
def test_hostile_source_is_read_quickly(source: str, tmp_path: Path) -> None:
    """Commands without an end do not keep the reader busy."""
    began = time.process_time()
    read(tmp_path, f"first words\n\n{source}")

    assert time.process_time() - began < 5
