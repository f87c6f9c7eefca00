"""The rules of the house that no linter knows: sizes, exact money, and who may write."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FUNCTION = 40
LONGEST_FILE = 300
ALWAYS_WRITES = {"bulk_create", "bulk_update", "get_or_create", "update_or_create"}
# These names also belong to dictionaries, forms, files and caches: the receiver tells which is meant.
WRITES_TO_ROWS = {"create", "save", "update", "delete"}
QUERYSET_SIGNS = (".objects", "_set.", ".filter(", ".exclude(", ".all(", "queryset", "super()")
NOT_ROWS = ("form", "formset", "workbook", "book", "storage", "session", "cache", "file")
# A manager's way of making a row is Django's own contract; actions call it.
CONTRACTS = {("authorities/models.py", "create_user"), ("authorities/models.py", "create_superuser")}


def sources(*folders: str) -> list[Path]:
    """Our own modules under these folders, migrations left out."""
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if "migrations" not in path.parts]


def relative(path: Path) -> str:
    """The name of a module, from the top of the repository."""
    return str(path.relative_to(ROOT))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def inexact(tree: ast.AST, *, literals: bool) -> list[int]:
    """Lines that use binary floating point: the name float, a FloatField, or a literal such as 0.1."""
    lines = []
    for node in ast.walk(tree):
        named = isinstance(node, ast.Name) and node.id == "float"
        field = isinstance(node, ast.Attribute) and node.attr == "FloatField"
        literal = literals and isinstance(node, ast.Constant) and isinstance(node.value, float)
        if named or field or literal:
            lines.append(node.lineno)
    return lines


def writes_rows(call: ast.Call) -> bool:
    """Whether a call looks like a change of database rows."""
    if not isinstance(call.func, ast.Attribute):
        return False
    name, receiver = call.func.attr, ast.unparse(call.func.value)
    if name in ALWAYS_WRITES:
        return True
    if name not in WRITES_TO_ROWS or receiver.lower().split(".")[-1].endswith(NOT_ROWS):
        return False
    on_queryset = any(sign in receiver + "." for sign in QUERYSET_SIGNS) or receiver == "self"
    return on_queryset or name in {"save", "delete"}


def writers(tree: ast.AST) -> list[tuple[str, int]]:
    """(function, line) of every call that changes rows."""
    return [
        (function.name, call.lineno)
        for function in functions(tree)
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and writes_rows(call)
    ]


@pytest.mark.parametrize("path", sources("authorities", "funding", "vru_portal"), ids=relative)
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text()
    long = [
        f"{function.name} has {function.end_lineno - function.lineno + 1} lines"
        for function in functions(ast.parse(text))
        if function.end_lineno and function.end_lineno - function.lineno >= LONGEST_FUNCTION
    ]
    assert not long
    assert len(text.splitlines()) <= LONGEST_FILE


def test_money_is_never_binary_floating_point() -> None:
    # Positions and widths of a chart are not money: its literals may have a point.
    found = {
        relative(path): lines
        for path in sources("funding")
        if (lines := inexact(ast.parse(path.read_text()), literals="charts" not in str(path)))
    }
    assert found == {}


def test_only_actions_write() -> None:
    found = []
    for path in sources("authorities", "funding"):
        name = relative(path)
        if "actions" in name or "load_demo" in name or "/demo" in name:
            continue
        found += [
            f"{name}:{line}" for f, line in writers(ast.parse(path.read_text())) if (name, f) not in CONTRACTS
        ]
    assert found == []


@pytest.mark.parametrize(
    "fault",
    [
        "Award.objects.create(amount=1)",
        "grant.awards.filter(year=2025).update(amount=1)",
        "award.save()",
        "award.delete()",
        "Award.objects.bulk_create(rows)",
        "award.line_set.get_or_create(year=2025)",
    ],
)
def test_the_search_finds_a_seeded_write(fault: str) -> None:
    assert writers(ast.parse(f"def view(request):\n    {fault}"))


@pytest.mark.parametrize(
    "plain", ["context.update(a=1)", "form.save()", "cache.delete('a')", "Chart.create()"]
)
def test_the_search_leaves_other_calls_alone(plain: str) -> None:
    assert not writers(ast.parse(f"def view(request):\n    {plain}"))


@pytest.mark.parametrize("fault", ["float(amount)", "share = 0.1", "models.FloatField()"])
def test_the_search_finds_a_seeded_float(fault: str) -> None:
    assert inexact(ast.parse(fault), literals=True)
