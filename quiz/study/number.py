"""Numbers as people type them in an interview: `64`, `1,048,576`, `4*512^2`, `√63/64`, `14%`."""

from __future__ import annotations

import ast
import math
import operator
import re
import unicodedata

OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
FUNCTIONS = {"sqrt": math.sqrt, "ln": math.log, "log2": math.log2, "exp": math.exp}
NAMES = {"pi": math.pi, "e": math.e}
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


def parse(text: str) -> float | None:
    """The number a person meant, or None. Nothing but arithmetic is ever evaluated."""
    if len(text) > 80:
        return None
    text = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+", lambda m: "^" + m[0].translate(SUPERSCRIPTS), text.strip())
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub(r"(?<=\d)[,_ ](?=\d{3}(?!\d))", "", text)  # thousands
    text = re.sub(
        r"√\s*(\d+(?:\.\d+)?|(?=\())", lambda m: f"sqrt({m[1]})" if m[1] else "sqrt", text
    )
    for sign, plain in (("×", "*"), ("·", "*"), ("÷", "/"), ("−", "-"), ("^", "**"), ("π", "pi")):
        text = text.replace(sign, plain)
    text = re.sub(r"(?<=[\d)])\s*(?=sqrt|pi|\()", "*", text)  # 4√2, 2π
    percent = text.endswith("%")
    text = text.rstrip("% ").lstrip("=≈~ ")
    try:
        number = _value(ast.parse(text, mode="eval").body)
        number = float(number) / (100 if percent else 1)
    except (SyntaxError, ValueError, TypeError, KeyError, ArithmeticError, RecursionError):
        return None
    return number if math.isfinite(number) else None


def _value(node: ast.AST) -> float:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return float(node.value)
    if isinstance(node, ast.Name):
        return NAMES[node.id]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        value = _value(node.operand)
        return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.BinOp):
        value = OPERATORS[type(node.op)](_value(node.left), _value(node.right))
        if isinstance(value, complex):
            raise ValueError("not a real number")
        return value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1:
        return FUNCTIONS[node.func.id](_value(node.args[0]))
    raise ValueError("not arithmetic")


def near(number: float, value: float, tolerance: str) -> bool:
    """Is `number` within the tolerance of `value`? "0.02" is absolute, "5%" relative."""
    if tolerance.endswith("%"):
        allowed = abs(value) * float(tolerance[:-1]) / 100
    else:
        allowed = float(tolerance)
    # A typed decimal need not equal the binary value to the last bit.
    return abs(number - value) <= max(allowed, 1e-9 * abs(value))
