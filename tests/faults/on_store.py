"""Faults of the image store: read-only, full, stalled."""

from tests.faults.fault import Fault
from tests.faults.system import System


class StoreFault(Fault):
    """A fault of the disk that the images are on."""

    part = "store"
    measured = "repaired → any job's next success"
    lasts = (2.0, 5.0)

    @classmethod
    def missing(cls, system: System) -> str:
        breakable = system.disk.breakable
        return "" if breakable else "mounting a file system of one's own takes root"

    def recovery(self) -> float | None:
        again = self.stage.watch.any_succeeds(self.repaired_at)
        return again - self.repaired_at if again else None


class StoreReadOnly(StoreFault):
    """Nothing can be stored."""

    kind = "store-read-only"
    meaning = "image store read-only"

    def inject(self) -> None:
        self.stage.system.disk.protect()

    def repair(self) -> None:
        self.stage.system.disk.unprotect()


class StoreFull(StoreFault):
    """The disk is full."""

    kind = "store-full"
    meaning = "image store full"

    def inject(self) -> None:
        self.stage.system.disk.fill()

    def repair(self) -> None:
        self.stage.system.disk.empty()


class StoreSlow(StoreFault):
    """Every write waits, as on a network disk whose server hangs."""

    kind = "store-slow"
    meaning = "image store's writes stalled for 2 to 12 s"
    lasts = (2.0, 12.0)

    def inject(self) -> None:
        self.stage.system.disk.stall(self.seconds)
