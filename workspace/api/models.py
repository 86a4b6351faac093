"""What the API keeps of calls: the answers to those that may be sent again, and how many there were this minute."""

from django.db import models
from django.db.models import Q


class KeptAnswer(models.Model):
    """The answer to a POST with an `Idempotency-Key`. Without a status the call was not carried out, or is just being so.

    `caller` is who called (`token:12`, `person:3`), `key` a digest of the key, `fingerprint` one of all that was asked; `body` is
    sealed with what was asked, so that an erasure need not look here for whom answers tell of. While the call is carried out, its
    transaction holds this row's lock; it commits together with the answer, so that there is never one without the other.
    An answer that is too large to be kept has a status and no body.
    """

    caller = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    asked_at = models.DateTimeField(db_index=True)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.TextField(null=True)  # noqa: DJ001 - none: it was not kept

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["caller", "key"], name="one_answer_a_key"),
            models.CheckConstraint(condition=Q(status__isnull=False) | Q(body=None), name="kept_answer_has_a_status"),
        ]

    def __str__(self) -> str:
        return f"{self.caller} {self.key}"


class CallCount(models.Model):
    """How many calls `caller` made in the minute that began at `began_at`: one row a caller, begun anew when it is over.

    The table is unlogged: counting writes no transaction log, and a crash of the database begins the minute anew.
    """

    caller = models.CharField(max_length=40, primary_key=True)
    began_at = models.DateTimeField()
    calls = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.caller} {self.calls}"
