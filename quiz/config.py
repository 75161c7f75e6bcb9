"""Where things are kept, and the few settings there are."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple


class Places(NamedTuple):
    """`data` holds the history, `cache` what can be made again, `config` the settings."""

    data: Path
    cache: Path
    config: Path

    @property
    def history(self) -> Path:
        return self.data / "history.db"


def places(environ: Mapping[str, str] = os.environ) -> Places:
    """The platform's own folders, or all of them under QUIZ_HOME."""
    if home := environ.get("QUIZ_HOME"):
        root = Path(home).expanduser().absolute()
        return Places(root, root / "cache", root)
    from platformdirs import PlatformDirs

    dirs = PlatformDirs("quiz", appauthor=False)
    return Places(Path(dirs.user_data_dir), Path(dirs.user_cache_dir), Path(dirs.user_config_dir))
