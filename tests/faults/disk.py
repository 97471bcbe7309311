"""The disk of the image store, which can be full, read-only or stalled, if mounting is allowed."""

import ctypes
import subprocess
import time
from contextlib import suppress
from pathlib import Path

_CLONE_NEWNS = 0x00020000
_MEGABYTES = 256
_FILES = 60_000
_BLOCK = 4096


class Disk:
    """A file system in a loop device, or a plain folder if that fails.

    It is mounted in the mount namespace of this process and its children, so it ends with them.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "images"
        self.folder.mkdir(parents=True)
        self.breakable = self._mounted(folder / "disk.ext4")

    def fill(self) -> None:
        """Fill the disk."""
        with suppress(OSError), self._ballast.open("wb", buffering=0) as ballast:
            while True:  # until there is no more room
                ballast.write(bytes(_BLOCK))

    def empty(self) -> None:
        """Free the space again."""
        self._ballast.unlink(missing_ok=True)

    def protect(self) -> None:
        """Make the disk read-only."""
        self._remount("ro")

    def unprotect(self) -> None:
        """Make the disk writable again."""
        self._remount("rw")

    def stall(self, seconds: float) -> None:
        """Stall all writes for `seconds`, like a hung network disk."""
        freeze = 'fsfreeze -f "$0" && sleep "$1"; fsfreeze -u "$0"'
        command = ["sh", "-c", freeze, str(self.folder), str(seconds)]
        subprocess.Popen(command, stderr=subprocess.DEVNULL)

    def end(self) -> None:
        """Unmount the disk, after any stall."""
        if self.breakable:
            _done(["umount", "--lazy", str(self.folder)])

    @property
    def _ballast(self) -> Path:
        return self.folder / "ballast"

    def _mounted(self, image: Path) -> bool:
        with image.open("wb") as file:
            file.truncate(_MEGABYTES << 20)
        options = ["-q", "-m", "0", "-N", str(_FILES), "-O", "^has_journal"]
        return (
            _own_mounts()
            and _done(["mkfs.ext4", *options, str(image)])
            and _done(["mount", "-o", "loop,noatime", str(image), str(self.folder)])
            and _done(["rmdir", str(self.folder / "lost+found")])
        )

    def _remount(self, mode: str) -> None:
        # fails while a process has a file open for writing
        while not _done(["mount", "-o", f"remount,{mode}", str(self.folder)]):
            time.sleep(0.02)


def _own_mounts() -> bool:
    if ctypes.CDLL(None).unshare(_CLONE_NEWNS):
        return False
    return _done(["mount", "--make-rprivate", "/"])


def _done(command: list[str]) -> bool:
    try:
        return not subprocess.run(command, capture_output=True, check=False).returncode
    except FileNotFoundError:  # the program is not on this machine
        return False
