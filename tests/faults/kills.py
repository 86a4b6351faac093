"""`kill -9` of the web server, the worker and the clock at random moments, while files come in and promises fall due."""

import threading

from django.db import connections

from tests.faults import mails
from tests.faults.callers import Integration
from tests.faults.files import Files
from tests.faults.place import Place
from tests.faults.promises import Promises
from tests.faults.report import Finding
from tests.faults.services import Services
from tests.faults.waiting import NeverHappened, wait_until
from workspace.jobs.models import Job

# Each is killed within so many seconds after a worker has begun with the file, which takes it about two.
VICTIMS = {"web": 3.0, "worker": 1.5, "clock": 3.0}
ROWS, PROMISES = 16_000, 10
# A killed worker's job is taken up after its lease of two minutes, a killed round of mails after a minute and a half.
PATIENCE_SECONDS = 900


def run(place: Place) -> list[Finding]:
    """One round a file: it starts to come in, and each of the three is killed once within the next seconds."""
    files, promises = Files(place, "kill", ROWS), Promises(place)
    killed = 0
    with place.services() as services, Integration(place) as one, Integration(place) as other:
        for _round in range(place.rounds):
            files.start()
            promises.make(PROMISES)
            mails.hurry()
            _wait_for_work(files)
            moments = sorted((place.random.uniform(0, within), name) for name, within in VICTIMS.items())
            passed = 0.0
            for moment, name in moments:
                threading.Event().wait(moment - passed)
                passed = moment
                killed += services[name].kill_one(place.random)
            _wait_for_all(services, place)
        wait_until(files.are_in, "all files are in", seconds=PATIENCE_SECONDS, every=1)
        wait_until(promises.are_marked, "the clock has seen all promises", every=1)
        wait_until(mails.are_out, "all mails are out", seconds=PATIENCE_SECONDS, every=1)
    connections.close_all()
    return _findings(place, f"{place.rounds} rounds, {killed} kills", files, promises, (one, other))


def _wait_for_work(files: Files) -> None:
    """Until a worker has the file, or is at an earlier one that it takes up again."""
    try:
        wait_until(lambda: any(job.state == Job.State.RUNNING for job in files.jobs()[-1:]), "a worker", seconds=10)
    except NeverHappened:
        return  # both are busy with what was left by those who were killed: those are files too


def _wait_for_all(services: Services, place: Place) -> None:
    wait_until(lambda: all(services[name].processes() for name in VICTIMS), "all services were started again")
    wait_until(place.answers, "the web server answers again")


def _findings(
    place: Place, times: str, files: Files, promises: Promises, integrations: tuple[Integration, ...]
) -> list[Finding]:
    fault = "`kill -9` of web, worker and clock at random moments"
    calls = [sum(numbers) for numbers in zip(*(one.compare() for one in integrations), strict=True)]
    counted, lost, twice, unsure = mails.compare(mails.in_folder(place.data_dir / "mail"), mails.told())
    return [
        Finding(
            fault,
            times,
            f"rows that came in by {len(files.brought)} files",
            *files.compare(),
            f"{files.taken_up()} files were cut off, and taken up again",
        ),
        Finding("", "", "warnings, misses and escalations of promises", *promises.compare()),
        Finding("", "", "calls logged by the API, asked again without an answer", *calls),
        Finding("", "", "mails of notices", counted, lost, twice, f"{unsure} cut off while being handed over"),
    ]
