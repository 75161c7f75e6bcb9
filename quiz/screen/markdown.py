"""Markdown answers as Rich renderables, set by `prose` so that Chinese wraps well."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.text import Text

from quiz.screen.prose import Indented, Prose

INLINE = {"strong_open": "bold", "em_open": "italic"}
FULL_WIDTH = frozenset("，。、；：？！（）《》")
_parser = MarkdownIt("commonmark", {"html": False}).disable(
    ["html_inline", "html_block", "image", "entity"]
)


def _inline(token: Token, style: str = "") -> Text:
    text, styles = Text(style=style), []
    children = token.children or []
    for i, child in enumerate(children):
        if child.type in INLINE:
            styles.append(INLINE[child.type])
        elif child.type in ("strong_close", "em_close"):
            styles.pop()
        elif child.type == "code_inline":
            text.append(child.content, "cyan")
        elif child.type == "hardbreak":
            text.append("\n")
        elif child.type == "softbreak":
            following = "".join(after.content for after in children[i + 1 :])
            text.append(joint(text.plain[-1:], following[:1]))
        else:
            content = child.content
            if content.startswith(" ") and text.plain[-1:] in FULL_WIDTH:
                content = content[1:]  # it is there for the parser, as in **方差。** 变大
            text.append(content, " ".join(styles))
    return text


def joint(before: str, after: str) -> str:
    """What a line break in the source becomes: nothing inside Chinese text, else a space."""
    if before in FULL_WIDTH or after in FULL_WIDTH:
        return ""
    # Quotation marks are as wide as their neighbours.
    wide = [c > "\u2e7f" or c in "“”‘’" for c in (before, after)]
    return "" if all(wide) else " "


def inline(source: str) -> Text:
    """One line or paragraph with emphasis and code, as Text."""
    (token,) = _parser.parseInline(source)
    return _inline(token)


class Markdown:
    """Paragraphs, lists, code, quotes and headings; no tables, no images, no HTML."""

    def __init__(self, source: str):
        self.tokens = _parser.parse(source)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Group(*self._blocks(iter(self.tokens), ""))

    def _blocks(self, tokens, until: str) -> list[RenderableType]:
        blocks: list[RenderableType] = []
        for token in tokens:
            if token.type == until:
                break
            if token.type == "inline":
                blocks.append(Prose(_inline(token)))
            elif token.type == "heading_open":
                blocks.append(Prose(_inline(next(tokens), "bold")))
            elif token.type in ("bullet_list_open", "ordered_list_open"):
                blocks.append(self._list(tokens, token.type))
            elif token.type == "blockquote_open":
                quoted = self._blocks(tokens, "blockquote_close")
                blocks.append(Indented(Group(*quoted), 2, "dim"))
            elif token.type in ("fence", "code_block"):
                code = Text(token.content.rstrip("\n"), "cyan", no_wrap=True, overflow="ignore")
                blocks.append(Indented(code, 2))
            elif token.type == "hr":
                blocks.append(Text("─" * 8, "dim"))
        spaced: list[RenderableType] = []
        for block in blocks:
            spaced += [Text(""), block] if spaced else [block]
        return spaced

    def _list(self, tokens, opened: str) -> RenderableType:
        items: list[RenderableType] = []
        for token in tokens:
            if token.type == opened.replace("_open", "_close"):
                break
            if token.type == "list_item_open":
                mark = f"{len(items) + 1}. " if opened.startswith("ordered") else "• "
                items.append(_Item(mark, self._blocks(tokens, "list_item_close")))
        return Group(*items)


class _Item:
    """A list item: its mark, then its blocks, indented by the mark's width."""

    def __init__(self, mark: str, blocks: list[RenderableType]):
        self.mark, self.blocks = mark, blocks

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        head, *tail = self.blocks or [Prose("")]
        if isinstance(head, Prose):
            yield Prose(head.text, first=self.mark)
        else:
            yield Text(self.mark)
            tail = self.blocks
        for block in tail:
            yield Indented(block, len(self.mark))
