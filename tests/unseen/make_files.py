"""Write the entry points of pyproject.toml, and HASHES (one line per fault, of its source text)."""
import ast, hashlib, sys
from pathlib import Path


def make(here, package):
    points, hashes = [], []
    for path in sorted((here / package).glob("[a-z]*.py")):
        source = path.read_text()
        lines = source.splitlines()
        for node in ast.parse(source).body:
            if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and node.decorator_list:
                text = "\n".join(lines[node.decorator_list[0].lineno - 1 : node.end_lineno])
                name = f"{path.stem}.{node.name.replace('_', '-')}"
                points.append(f'"{name}" = "{package}.{path.stem}:{node.name}"')
                hashes.append(f"{hashlib.sha256(text.encode()).hexdigest()}  {name}")
    project = here / "pyproject.toml"
    head = project.read_text().partition("[project.entry-points")[0]
    project.write_text(head + '[project.entry-points."pytest_stigmer.defects"]\n' + "\n".join(points) + "\n")
    if "--hashes" in sys.argv:
        tools = hashlib.sha256((here / package / "_tools.py").read_bytes()).hexdigest()
        (here / "HASHES").write_text("\n".join([*hashes, f"{tools}  ({package}/_tools.py)"]) + "\n")
    print(len(points))


if __name__ == "__main__":
    make(Path(__file__).parent, "unseen_faults")
