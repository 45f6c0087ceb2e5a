"""Which mutants are worth a run: not those of annotations, nor what is no Python any more."""

from __future__ import annotations

import ast


def is_another_program(healthy: str, mutated: str) -> bool:
    """Tell whether a change leaves a module that Python accepts and runs otherwise.

    Annotations do not count, for the modules postpone them.
    """
    try:
        return _instructions(healthy) != _instructions(mutated)
    except SyntaxError:  # the bare * of a signature counts as an operator to Cosmic Ray
        return False


def _instructions(source: str) -> str:
    return ast.dump(_WithoutTypes().visit(ast.parse(source)))


class _WithoutTypes(ast.NodeTransformer):
    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_arguments(self, node: ast.arguments) -> ast.AST:
        # Nor does what calls may look like: Cosmic Ray turns the * of a signature into a /.
        node.args = [*node.posonlyargs, *node.args, *node.kwonlyargs]
        node.defaults = [*node.defaults, *filter(None, node.kw_defaults)]
        node.posonlyargs, node.kwonlyargs, node.kw_defaults = [], [], []
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.annotation = ast.Constant(None)
        return self.generic_visit(node)

    def visit_If(self, node: ast.If) -> ast.AST | None:
        names = {inner.id for inner in ast.walk(node.test) if isinstance(inner, ast.Name)}
        return None if "TYPE_CHECKING" in names else self.generic_visit(node)
