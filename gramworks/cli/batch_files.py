"""Where the pictures of a batch are saved: a ZIP, or a folder that it is unpacked into."""

from __future__ import annotations

import json
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from gramworks.cli.failures import CommandFailed
from gramworks.client import Client
from gramworks.saving import check_writable

MANIFEST = "manifest.json"
SHOWN = 3  # of the files that would be replaced


class Saved(NamedTuple):
    """What was saved: how many pictures of how many jobs, and their bytes together."""

    path: Path
    pictures: int
    jobs: int
    size: int


@dataclass(frozen=True)
class BatchOutput:
    """The options --out, --format and --force."""

    out: str
    format_name: str
    force: bool = False

    @property
    def _is_zip(self) -> bool:
        return self.out.lower().endswith(".zip") and not Path(self.out).is_dir()

    def check(self) -> None:
        """Refuse what cannot be written, before anything is sent."""
        path = Path(self.out)
        try:
            if self._is_zip:
                if path.exists() and not self.force:
                    raise CommandFailed(f"{self.out!r} exists. Use --force to replace it.")
                check_writable(path)
            else:
                path.mkdir(exist_ok=True)
                check_writable(path / MANIFEST)
        except OSError as error:
            raise CommandFailed(f"{self.out!r} cannot be written: {error.strerror}.") from error

    def save(self, client: Client, batch_id: str) -> Saved:
        """Save the pictures that are finished.

        Raises:
            CommandFailed: files in the folder would be replaced.
        """
        if self._is_zip:
            path = client.download_batch(batch_id, self.out, self.format_name)
            with zipfile.ZipFile(path) as archive:
                return _saved(path, archive)
        folder = Path(self.out)
        # in the folder, since the one for temporary files can be small
        with tempfile.TemporaryDirectory(prefix=".gramworks-", dir=folder) as temporary:
            path = client.download_batch(batch_id, Path(temporary) / "all.zip", self.format_name)
            with zipfile.ZipFile(path) as archive:
                self._check_new(folder, archive.namelist())
                archive.extractall(folder)
                return _saved(folder, archive)

    def _check_new(self, folder: Path, names: list[str]) -> None:
        existing = [name for name in names if (folder / name).exists()]
        if existing and not self.force:
            shown = ", ".join(existing[:SHOWN])
            more = f" and {len(existing) - SHOWN} more" if len(existing) > SHOWN else ""
            raise CommandFailed(f"{self.out!r} has {shown}{more}. Use --force to replace them.")


def _saved(path: Path, archive: zipfile.ZipFile) -> Saved:
    manifest = json.loads(archive.read(MANIFEST))
    size = sum(entry.file_size for entry in archive.infolist())
    return Saved(path, len(archive.namelist()) - 1, len(manifest["jobs"]), size)
