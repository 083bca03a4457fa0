"""The rules of the tree: one direction of imports, light imports, small modules and functions."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAY_IMPORT = {
    "ingest": set(),
    "rag": {"ingest"},
    "ui": {"rag", "ingest"},
}
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in MAY_IMPORT
    for path in sorted((ROOT / package).rglob("*.py"))
}
NETWORKS = {"rag.models.network", "rag.models.writer"}
LIGHT = [name for name in MODULES if name not in NETWORKS and "__main__" not in name]
HEAVY = {"torch", "transformers", "sentence_transformers", "faiss", "gradio", "httpx"}


def imported_by(path: Path) -> set[str]:
    """Return the modules of ours that a file imports, inside functions too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            submodules = {f"{node.module}.{alias.name}" for alias in node.names}
            names |= submodules & MODULES.keys() or {node.module}
    return names & MODULES.keys()


@pytest.mark.parametrize("name", MODULES)
def test_module_imports_only_packages_below_it(name: str) -> None:
    """Imports point from ui to rag to ingest, never back."""
    package = name.split(".")[0]
    packages = {other.split(".")[0] for other in imported_by(MODULES[name])}

    assert packages <= MAY_IMPORT[package] | {package}


def test_evaluation_and_training_are_above_the_rest_of_rag() -> None:
    """What answers questions does not depend on what measures or trains it."""
    for name, path in MODULES.items():
        if name.startswith("rag") and not name.startswith(("rag.evaluation", "rag.training")):
            above = {m for m in imported_by(path) if m.startswith(("rag.evaluation", "rag.train"))}
            assert not above, f"{name} imports {above}"


def test_no_import_cycles() -> None:
    """No module imports itself by a detour."""
    finished: set[str] = set()

    def visit(name: str, trail: tuple[str, ...] = ()) -> None:
        assert name not in trail, " -> ".join((*trail, name))
        if name not in finished:
            for child in imported_by(MODULES[name]):
                visit(child, (*trail, name))
            finished.add(name)

    for name in MODULES:
        visit(name)


@pytest.mark.parametrize("name", MODULES)
def test_module_and_functions_stay_small(name: str) -> None:
    """No module is over 300 lines, no function over 60."""
    source = MODULES[name].read_text()
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    longest = [
        node.end_lineno - node.lineno + 1
        for node in ast.walk(ast.parse(source))
        if isinstance(node, functions) and node.end_lineno
    ]

    assert len(source.splitlines()) <= 300
    assert max(longest, default=0) <= 60


def test_importing_any_module_loads_no_model_library() -> None:
    """Heavy libraries load when first used, so that every command starts at once."""
    code = (
        f"import sys, importlib\n"
        f"for name in {LIGHT!r}: importlib.import_module(name)\n"
        f"print(sorted({HEAVY!r} & set(sys.modules)))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert loaded.stdout.strip() == "[]"


@pytest.mark.parametrize("name", MODULES)
def test_nothing_is_unpickled(name: str) -> None:
    """A stored file must not be able to run code when it is read."""
    source = MODULES[name].read_text()

    for word in ("import pickle", "joblib", "torch.load", "allow_pickle=True"):
        assert word not in source
