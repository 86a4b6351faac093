"""Converting an amount to the workspace's currency at a dated rate; never guessing a rate."""

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from workspace.money.currencies import CURRENCY
from workspace.money.models import ExchangeRate

CENT = Decimal("0.01")


def to_base(amount: Decimal | None, currency: str, on: date) -> Decimal | None:
    """`amount` in the workspace's currency by the newest rate not after `on`, half-even to cents.

    None where there is no amount or no rate: an unknown worth is never counted as zero or one to one. Costs up to two
    queries.
    """
    if amount is None:
        return None
    if currency == CURRENCY.get():
        return amount.quantize(CENT, ROUND_HALF_EVEN)
    rates = ExchangeRate.objects.filter(currency=currency, valid_from__lte=on).order_by("-valid_from")
    rate = rates.values_list("rate", flat=True).first()
    return None if rate is None else (amount * rate).quantize(CENT, ROUND_HALF_EVEN)
