"""Source code stays as it is, and its definitions are headings."""

from pathlib import Path

import pytest

from ingest.loaders import load
from ingest.types import Span

PYTHON = '''import os


class Tide:
    """Water."""

    def height(self, hour):
        def inner():
            return 1

        return inner() if hour else 0


async def wait():
    if True:
        pass
'''
SCRIPT = """export default class Boat extends Hull {
  constructor(name) {
    if (name) {
      super(name);
    }
  }
  async sail(to, from = 1) {
    useWind(() => {
    });
  }
}
export const speed = (knots) => knots * 1.85;
const limit = 5;
function anchor() {}
interface Port { name: string }
describe("boats", () => {
"""
JAVA = """public class Crane {
    private final int load;

    public Crane(int load) {
        this.load = load;
        if (load > 3) {
            assertThat(load,
                3);
        }
    }

    @Override
    public static List<String> lift(int a,
            int b) throws IOException {
        return run(a);
    }
}
"""
C = """#include <stdio.h>
struct boat {
    int crew;
};
static int sail(struct boat *b)
{
    printf("x");
    return go(b,
        3);
}
int declared(void);
"""
GO = "package main\n\ntype Port struct {\n\tName string\n}\n\nfunc (p *Port) Open() error {\n}\n"
RUST = "pub struct Net;\nimpl Net {\n    pub fn cast(&self) -> u8 { 1 }\n}\nmod tests {\n"
SHELL = "set -e\nfunction load {\n  x\n}\nunload() {\n  load\n}\n"
SQL = "CREATE TABLE IF NOT EXISTS berth (\n  id int\n);\ncreate or replace view open AS SELECT 1;\n"


@pytest.mark.parametrize(
    ("name", "source", "expected"),
    [
        ("a.py", PYTHON, ["1 class Tide", "2 def height", "3 def inner", "1 async def wait"]),
        (
            "a.ts",
            SCRIPT,
            [
                "1 class Boat",
                "2 constructor",
                "1 const speed",
                "1 function anchor",
                "1 interface Port",
            ],
        ),
        ("A.java", JAVA, ["1 class Crane", "2 Crane", "2 List<String> lift"]),
        ("a.c", C, ["1 struct boat", "1 static int sail"]),
        ("a.go", GO, ["1 type Port", "1 func (p *Port) Open"]),
        ("a.rs", RUST, ["1 struct Net", "1 impl Net", "2 fn cast", "1 mod tests"]),
        ("a.rb", "module A\n  def b?\n  end\nend\n", ["1 module A", "2 def b?"]),
        ("a.php", "<?php\nfunction &a($x) {\n", ["1 function &a"]),
        ("a.sh", SHELL, ["1 function load", "1 unload()"]),
        ("a.sql", SQL, ["1 CREATE TABLE IF NOT EXISTS berth", "1 create or replace view open"]),
        ("a.toml", "[tool.x]\ny = [1]\n[[z]]\n", ["1 [tool.x]", "1 [[z]]"]),
        ("a.yaml", "name: x\njobs:\n  test:\n    - a\n", ["1 jobs"]),
        ("a.css", "a { color: red }\n", []),
    ],
)
def test_definitions_are_headings(
    name: str, source: str, expected: list[str], tmp_path: Path
) -> None:
    """Each language's definitions are found at their exact place, calls and blocks are not."""
    path = tmp_path / name
    path.write_text(source)

    document = load(path)

    assert [f"{h.level} {h.title}" for h in document.headings] == expected
    for heading in document.headings:
        assert document.text[heading.start :].startswith(heading.title)


def test_file_is_whole_and_solid(tmp_path: Path) -> None:
    """Not a character changes, and no line may be cut."""
    path = tmp_path / "tide.py"
    path.write_text(PYTHON)

    document = load(path)

    assert document.text == PYTHON
    assert document.title == "tide.py"
    assert document.solid == (Span(0, len(PYTHON)),)
