"""One run: the system is started, used, broken and checked when it is idle again."""

import itertools
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.object_store import ObjectStore
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
from tests.parts import redis_of
from worker.maintenance.garbage import delete_orphans

DRAIN_SECONDS = 180.0  # without a job that ends
AT_ONCE = 5  # faults
BACKLOG = 30  # jobs that wait at most; more would only make the run longer
POLL = 0.2
ORDERS = {"scripted": orders.scripted, "real": orders.real}


@dataclass(frozen=True)
class Plan:
    """The parameters of a run."""

    engine: str
    jobs: int
    faults: int
    workers: int
    seed: int
    calm: bool = False  # one fault at a time, always of a part that holds a job; a worker is idle


def run(plan: Plan, kinds: Sequence[type[Fault]], folder: Path) -> Outcome:
    """Run it in `folder`, where the logs stay, and return the results."""
    system = System(folder, plan.workers, plan.engine)
    started = time.monotonic()
    try:
        system.start()
        return _run(plan, kinds, system, started)
    finally:
        system.end()


def _run(plan: Plan, kinds: Sequence[type[Fault]], system: System, started: float) -> Outcome:
    rng = random.Random(plan.seed)
    orders_rng = random.Random(plan.seed)  # separate, since other threads draw from it
    order = orders.steady if plan.calm else ORDERS[plan.engine]
    flow = (order(orders_rng) for _ in itertools.count())
    possible = [kind for kind in kinds if not kind.missing(system)]
    at_once, backlog = (1, 0) if plan.calm else (AT_ONCE, BACKLOG)
    chaos = Chaos(deal(possible, plan.faults, rng), plan.jobs, at_once, rng)
    traffic = Traffic(system, flow, plan.jobs, chaos.allowed, backlog)
    stage = Stage(system, traffic, Watch(system, traffic))
    traffic.start()
    chaos.run(stage)
    _drain(system, traffic)
    chaos.await_recovery()
    skipped = {kind.kind: why for kind in kinds if (why := kind.missing(system))}
    return _judged(plan, chaos.faults, stage, skipped, time.monotonic() - started)


def _drain(system: System, traffic: Traffic) -> None:
    """Return when the system is idle, or when a job does not end in time."""
    latest, before = time.monotonic(), system.in_flight()
    while time.monotonic() - latest < DRAIN_SECONDS:
        if traffic.done and before == (0, 0):
            break
        time.sleep(POLL)
        if (now := system.in_flight()) != before:
            latest, before = time.monotonic(), now
    traffic.stop()


def _judged(
    plan: Plan, faults: Sequence[Fault], stage: Stage, skipped: dict[str, str], seconds: float
) -> Outcome:
    traffic, system = stage.traffic, stage.system
    marked = plan.engine == "scripted"
    known = Known(traffic.accepted, traffic.cancelled, traffic.perhaps_deleted, marked)
    objects = ObjectStore(str(system.disk.folder))
    delete_orphans(system.jobs, objects, redis_of(system.jobs).clock(), seconds=0)
    found = evidence.collect(system, set(traffic.accepted))
    findings = judge(found, known)
    return Outcome(
        title=f"Gramworks, {plan.engine} engine, {plan.workers} workers{', calm' * plan.calm}",
        seed=plan.seed,
        jobs=len(found.jobs_data),
        ends=report.ends(found),
        resumed=_resumed(found) if marked else None,
        seconds=seconds,
        skipped=skipped,
        rows=report.rows(faults, findings, found),
        findings=findings,
        faults=report.reported(faults),
    )


def _resumed(found: Evidence) -> int:
    results = (data for key, data in found.files.items() if key.endswith("/result.png"))
    return sum(read(data).resumed_from > 0 for data in results)
