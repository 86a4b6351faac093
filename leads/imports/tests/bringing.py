"""Bringing small files in, as the page and the command do, without either."""

import io
from typing import Any

from django.core.files import File
from django.utils import timezone

from leads.imports import actions
from leads.imports.actions.preparing import Agreed
from leads.imports.mapping import NEW, SKIP, Mapping
from leads.imports.models import Import, NotReverted
from leads.records.models import Lead
from leads.records.tests.factories import NOON
from workspace.jobs import actions as jobs
from workspace.jobs.models import Job
from workspace.people.models import Person


def uploaded(content: bytes | str, *, name: str = "leads.csv", by: Person | None = None) -> Import:
    """A file after its upload."""
    raw = content.encode() if isinstance(content, str) else content
    return actions.upload(File(io.BytesIO(raw), name), name=name, by=by, at=NOON)


def agreed(content: bytes | str, columns: dict[str, str] | None = None, **terms: Any) -> Import:
    """A file whose columns have a meaning: `columns` says a target by name, else all are as suggested.

    `terms` are those of `Agreed`, and `values`, `empty`, `for_all`, `date_order`, `decimal_comma` of the mapping.
    """
    import_ = uploaded(content, by=terms.pop("by", None))
    mapping = Mapping.from_json(import_.mapping)
    if columns is not None:
        for column in mapping.columns:
            column.target = columns.get(column.name, SKIP)
            column.values = {}
    for name, meant in terms.pop("values", {}).items():
        named = mapping.column(name)
        assert named is not None
        named.values = meant
    for column in mapping.columns:
        column.date_order = terms.get("date_order", column.date_order)
        column.decimal_comma = terms.get("decimal_comma", column.decimal_comma)
    mapping.empty = terms.pop("empty", mapping.empty)
    mapping.for_all = terms.pop("for_all", {})
    match = terms.get("match", import_.match)
    choices: dict[str, Any] = {
        key: terms.get(key) for key in ("sort_by", "sort_until", "asleep_until", "asleep_reason") if key in terms
    }
    actions.look_again(
        import_,
        encoding=import_.encoding,
        delimiter=import_.delimiter,
        header_line=import_.header_line,
        by=import_.by,
    )
    return actions.agree(import_, Agreed(mapping, match, terms.get("mode", "both"), **choices), by=import_.by, at=NOON)


def run(import_: Import) -> Import:
    """The import after its job, in this process."""
    Import.objects.filter(pk=import_.pk).update(state=Import.State.CHECKED)
    import_ = actions.start_run(import_, by=import_.by, at=NOON)
    assert import_.job is not None
    jobs.run(import_.job.pk)
    import_ = Import.objects.select_related("job").get(pk=import_.pk)
    assert import_.job is not None
    assert import_.job.state == Job.State.DONE, import_.job.error
    return import_


def bring(content: bytes | str, columns: dict[str, str] | None = None, **terms: Any) -> Import:
    """The import of a file, done; see `agreed`."""
    return run(agreed(content, columns, **terms))


def take_back(import_: Import, by: Person | None = None) -> Import:
    """The import after its revert, in this process."""
    import_ = actions.start_revert(import_, by=by, at=timezone.now())
    assert import_.revert_job is not None
    jobs.run(import_.revert_job.pk)
    done = Import.objects.select_related("revert_job").get(pk=import_.pk)
    assert done.revert_job is not None
    assert done.revert_job.state == Job.State.DONE, done.revert_job.error
    return done


def counts(import_: Import) -> tuple[int, int, int, int]:
    """Created, updated, unchanged, refused."""
    return (
        import_.created_count,
        import_.updated_count,
        import_.unchanged_count,
        import_.refused_count,
    )


def refused(import_: Import) -> list[str]:
    """The lines of the file of refused rows, without its header."""
    if not import_.refused_file:
        return []
    with import_.refused_file.open("rb") as file:
        text: str = file.read().decode("utf-8-sig")
    return text.splitlines()[1:]


def only_lead(**values: Any) -> Lead:
    """The one living lead with these values."""
    return Lead.objects.living().for_page().get(**values)


__all__ = ["NEW", "agreed", "bring", "counts", "only_lead", "refused", "run", "take_back", "uploaded"]


def taken_back(import_: Import) -> tuple[int, int, int]:
    """How many leads were removed and restored, and how many things stayed."""
    return import_.removed_count, import_.restored_count, import_.kept_count


def kept() -> list[tuple[str, str, str]]:
    """What stayed: of which lead, what, and why."""
    rows = NotReverted.objects.select_related("lead").order_by("lead__email", "pk")
    return [(row.lead.email, row.what, row.reason) for row in rows]


def stored(email: str) -> Lead:
    return Lead.objects.for_page().get(email=email)
