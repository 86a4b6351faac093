"""Conflicts: whoever comes second is told so in the reader's own language."""

from collections.abc import Iterator

from django.utils.functional import Promise

from workspace.errors import Conflict


def conflicts(above: type[Conflict] = Conflict) -> Iterator[type[Conflict]]:
    yield above
    for below in above.__subclasses__():
        yield from conflicts(below)


def test_the_title_of_every_conflict_can_be_translated() -> None:
    ours = [one for one in conflicts() if ".tests." not in one.__module__]

    assert len(ours) > 5, "the rooms' own are among them"
    assert [one.__name__ for one in ours if not isinstance(one.title, Promise)] == []
