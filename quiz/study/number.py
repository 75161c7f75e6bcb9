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
UNITS = {
    "%": 0.01, "k": 1e3, "m": 1e6, "g": 1e9, "million": 1e6, "billion": 1e9, "万": 1e4, "亿": 1e8,
    "kb": 1e3, "mb": 1e6, "gb": 1e9, "kib": 2**10, "mib": 2**20, "gib": 2**30,
}  # fmt: skip
ABOUT = re.compile(r"^(?:[=≈~]|about|approximately|around|roughly|大约|大概|约|等于)\s*")
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
    text = ABOUT.sub("", text)
    number = _arithmetic(text)
    if number is None and (found := re.fullmatch(r"(.*?)\s*(%|[a-z\u4e00-\u9fff]+)", text)):
        number = _arithmetic(found[1])  # a unit: its factor, or a mere word ("heads", "倍")
        number = None if number is None else number * UNITS.get(found[2], 1)
    return number if number is not None and math.isfinite(number) else None


def _arithmetic(text: str) -> float | None:
    try:
        return float(_value(ast.parse(text.strip(), mode="eval").body))
    except (SyntaxError, ValueError, TypeError, KeyError, ArithmeticError, RecursionError):
        return None


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
