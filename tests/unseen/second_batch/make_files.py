"""Write the entry points of pyproject.toml, and HASHES, as the first batch's script does."""
import runpy
from pathlib import Path

here = Path(__file__).resolve().parent
runpy.run_path(str(here.parent / "make_files.py"))["make"](here, "second_faults")
