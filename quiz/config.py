"""Where things are kept, and the few settings there are."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from quiz.refusal import Refusal


class Places(NamedTuple):
    """`data` holds the history, `cache` what can be made again, `config` the settings."""

    data: Path
    cache: Path
    config: Path

    @property
    def history(self) -> Path:
        return self.data / "history.db"

    @property
    def settings(self) -> Path:
        return self.config / "config.toml"

    @property
    def plan(self) -> Path:
        return self.data / "plan.json"

    @property
    def drafts(self) -> Path:
        return self.data / "drafts.json"

    @property
    def weights(self) -> Path:
        return self.data / "weights.json"


def places(environ: Mapping[str, str] = os.environ) -> Places:
    """The platform's own folders, or all of them under QUIZ_HOME."""
    if home := environ.get("QUIZ_HOME"):
        root = Path(home).expanduser().absolute()
        return Places(root, root / "cache", root)
    from platformdirs import PlatformDirs

    dirs = PlatformDirs("quiz", appauthor=False)
    return Places(Path(dirs.user_data_dir), Path(dirs.user_cache_dir), Path(dirs.user_config_dir))


class Settings(NamedTuple):
    """What `config.toml` may set, with what holds when it doesn't."""

    lang: str = "auto"  # the locale's
    new_per_day: int = 10
    retention: float = 0.9  # the recall at which a question is due again
    confidence: bool = False  # ask how sure one is before each reveal
    ascii: bool = False  # signs and pictures in ASCII, whatever the terminal could show


# What each takes: in words that any language reads, and as a test.
ALLOWED: dict[str, tuple[str, Callable[[object], bool]]] = {
    "lang": ("auto, en, zh", lambda v: v in ("auto", "en", "zh")),
    "new_per_day": ("0..999", lambda v: type(v) is int and 0 <= v <= 999),
    "retention": ("0.7..0.99", lambda v: type(v) in (int, float) and 0.7 <= v <= 0.99),
    "confidence": ("true, false", lambda v: type(v) is bool),
    "ascii": ("true, false", lambda v: type(v) is bool),
}


def read(path: Path, *, strict: bool = True) -> Settings:
    """The settings of a file; the defaults where there is none.

    Raises Refusal for a file that is not TOML, a key that there isn't and a value
    that is not possible; unless `strict`, such parts are passed over.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:  # as nearly always: importing tomllib takes 10 ms
        return Settings()
    except OSError as error:
        if strict:
            raise Refusal(f"{path}: {error.strerror}. Make it a file that you may read") from None
        return Settings()
    import tomllib

    try:
        found = tomllib.loads(data.decode("utf-8"))
    except ValueError as error:
        if strict:
            raise Refusal(f"{path}: {error}. Mend the line or delete the file") from None
        return Settings()
    if strict:
        for key, value in found.items():
            if key not in ALLOWED:
                raise Refusal(f"{path}: there is no setting {key}; there is {', '.join(ALLOWED)}")
            if not ALLOWED[key][1](value):
                raise Refusal(f"{path}: {key} takes {ALLOWED[key][0]}, not {value!r}")
    usable = {k: v for k, v in found.items() if k in ALLOWED and ALLOWED[k][1](v)}
    return Settings()._replace(**usable)


def parsed(key: str, text: str) -> object:
    """The value of a setting as typed. Raises ValueError for one that is not possible."""
    kind = type(Settings._field_defaults[key])
    if kind is bool:
        words = {"true": True, "on": True, "yes": True, "false": False, "off": False, "no": False}
        value: object = words.get(text.lower())
    else:
        value = kind(text)
    if not ALLOWED[key][1](value):
        raise ValueError(text)
    return value


def write(path: Path, key: str, value: object) -> None:
    """Sets one setting; the rest of the file, its comments too, stays as it is.

    Raises Refusal where the file cannot be read as TOML, and OSError.
    """
    import tomllib

    shown = str(value).lower() if isinstance(value, bool) else value
    line = f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {shown}"
    try:
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        at = [i for i, old in enumerate(lines) if old.partition("=")[0].strip() == key]
        if at:
            lines[at[0]] = line
        else:  # before any table, or it would be one of its keys
            tables = [i for i, old in enumerate(lines) if old.lstrip().startswith("[")]
            lines.insert(tables[0] if tables else len(lines), line)
        text = "\n".join(lines) + "\n"
        tomllib.loads(text)
    except ValueError as error:
        raise Refusal(f"{path}: {error}. Mend the line or delete the file") from None
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
