"""Decisions about units: values in, value out."""

import hashlib
import secrets

# --- Duty ---------------------------------------------------------------------------------------

MOVES: dict[str, frozenset[str]] = {
    "available": frozenset({"returning", "out_of_service"}),
    "returning": frozenset({"available", "out_of_service"}),
    "out_of_service": frozenset({"available"}),
}


def may_move(old: str, new: str) -> bool:
    """Whether a unit's duty may go from `old` to `new`."""
    return new in MOVES.get(old, ())


# --- Freshness of a position ---------------------------------------------------------------------

LIVE_S = 30.0
AGEING_S = 120.0
STALE_S = 900.0


def freshness(age_s: float, *, live_s: float = LIVE_S, ageing_s: float = AGEING_S, stale_s: float = STALE_S) -> str:
    """live, ageing, stale or silent, by the age of the fix itself (never of its arrival).

    A negative age (a phone whose clock is a little ahead) is live.
    """
    if age_s <= live_s:
        return "live"
    if age_s <= ageing_s:
        return "ageing"
    return "stale" if age_s <= stale_s else "silent"


IN_QUARTERS_M = 150.0


def in_quarters(*, duty: str, fresh: bool, station_distance_m: float | None) -> bool:
    """Whether the unit counts as standing at its station.

    With a fresh position the distance decides. Without one an available unit is taken to be where it belongs,
    the same belief by which dispatch falls back to the station; a returning one is not.
    """
    if fresh and station_distance_m is not None:
        return station_distance_m <= IN_QUARTERS_M
    return duty == "available"


# --- Tokens of devices ----------------------------------------------------------------------------

TOKEN_BYTES = 24


def new_token() -> str:
    """A secret for one device, safe in an address: 32 characters, 192 random bits."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> bytes:
    """What is stored of a token: its SHA-256, 32 bytes (a random secret needs no slow hash)."""
    return hashlib.sha256(token.encode()).digest()
