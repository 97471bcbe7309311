"""One run: the system is started, used and broken, heals, comes to rest, and is judged."""

import itertools
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.errors import StoreUnavailable
from shared.images import ImageStore
from tests.faults import evidence, orders, report
from tests.faults.chaos import Chaos
from tests.faults.evidence import Evidence
from tests.faults.fault import Fault, Stage
from tests.faults.kinds import deal
from tests.faults.oracle import Known, judge
from tests.faults.picture import read
from tests.faults.report import Outcome
from tests.faults.system import System
from tests.faults.traffic import Traffic
from tests.faults.watch import Watch
from worker.collect import collect_orphans

DRAIN_SECONDS = 180.0
POLL = 0.2
ORDERS = {"scripted": orders.scripted, "real": orders.real}


@dataclass(frozen=True)
class Plan:
    """What is to be run."""

    engine: str
    jobs: int
    faults: int
    workers: int
    seed: int


def run(plan: Plan, kinds: Sequence[type[Fault]], folder: Path) -> Outcome:
    """Run it in `folder`, which keeps the logs, and return what it showed."""
    system = System(folder, plan.workers, plan.engine)
    started = time.monotonic()
    try:
        system.start()
        return _run(plan, kinds, system, started)
    finally:
        system.end()


def _run(plan: Plan, kinds: Sequence[type[Fault]], system: System, started: float) -> Outcome:
    rng = random.Random(plan.seed)
    orders_rng = random.Random(plan.seed)  # of its own: other threads draw from it
    flow = (ORDERS[plan.engine](orders_rng) for _ in itertools.count())
    possible = [kind for kind in kinds if not kind.missing(system)]
    chaos = Chaos(deal(possible, plan.faults, rng), plan.jobs, rng)
    traffic = Traffic(system, flow, plan.jobs, chaos.allowed)
    stage = Stage(system, traffic, Watch(system, traffic))
    traffic.start()
    chaos.run(stage)
    _drain(system, traffic)
    chaos.await_recovery()
    skipped = {kind.kind: why for kind in kinds if (why := kind.missing(system))}
    return _judged(plan, chaos.faults, stage, skipped, time.monotonic() - started)


def _drain(system: System, traffic: Traffic) -> None:
    """Return when nothing is left to do, or when it is clear that something never ends."""
    deadline = time.monotonic() + DRAIN_SECONDS
    while not (traffic.done and _at_rest(system)) and time.monotonic() < deadline:
        time.sleep(POLL)
    traffic.stop()


def _at_rest(system: System) -> bool:
    try:
        return not (system.jobs.waiting() or system.jobs.running())
    except StoreUnavailable:
        return False


def _judged(
    plan: Plan, faults: Sequence[Fault], stage: Stage, skipped: dict[str, str], seconds: float
) -> Outcome:
    traffic, system = stage.traffic, stage.system
    marked = plan.engine == "scripted"
    known = Known(traffic.accepted, traffic.cancelled, traffic.perhaps_deleted, marked)
    collect_orphans(system.jobs, ImageStore(str(system.disk.folder)), seconds=0)
    found = evidence.collect(system, set(traffic.accepted))
    findings = judge(found, known)
    return Outcome(
        title=f"Gramworks, {plan.engine} engine, {plan.workers} workers",
        seed=plan.seed,
        jobs=len(found.stories),
        ends=report.ends(found),
        resumed=_resumed(found) if marked else 0,
        seconds=seconds,
        skipped=skipped,
        rows=report.rows(faults, findings, found),
        findings=findings,
        faults=report.told(faults),
    )


def _resumed(found: Evidence) -> int:
    results = (data for key, data in found.files.items() if key.endswith("/result.png"))
    return sum(read(data).resumed_from > 0 for data in results)
