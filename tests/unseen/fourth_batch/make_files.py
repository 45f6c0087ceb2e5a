"""Write the entry points of pyproject.toml from all of fourth_faults/; with --hashes PART FAMILY... also HASHES_PART."""
import ast
import hashlib
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGE = "fourth_faults"


def faults(path):
    """Yield name and source text, decorator included, of each fault of a file."""
    source = path.read_text()
    lines = source.splitlines()
    for node in ast.parse(source).body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and node.decorator_list:
            yield node.name, "\n".join(lines[node.decorator_list[0].lineno - 1 : node.end_lineno])


def sha(data):
    return hashlib.sha256(data).hexdigest()


points, hashes, wanted = [], [], sys.argv[3:]
for path in sorted((HERE / PACKAGE).glob("[a-z]*.py")):
    for function, text in faults(path):
        name = f"{path.stem}.{function.replace('_', '-')}"
        points.append(f'"{name}" = "{PACKAGE}.{path.stem}:{function}"')
        if path.stem in wanted:
            hashes.append(f"{sha(text.encode())}  {name}")
project = HERE / "pyproject.toml"
head = project.read_text().partition("[project.entry-points")[0]
project.write_text(head + '[project.entry-points."pytest_stigmer.defects"]\n' + "\n".join(points) + "\n")
if sys.argv[1:2] == ["--hashes"]:
    for tools in sorted((HERE / PACKAGE).glob("_tools*.py")):
        if tools.stem in ("_tools", f"_tools_{sys.argv[2]}"):
            hashes.append(f"{sha(tools.read_bytes())}  ({PACKAGE}/{tools.name})")
    (HERE / f"HASHES_{sys.argv[2]}").write_text("\n".join(hashes) + "\n")
print(len(points))
