"""Places along a Hilbert curve: what is near in the plane becomes near in memory."""

import numpy as np
from numpy.typing import NDArray

BITS = 16


def hilbert_order(x: NDArray[np.integer], y: NDArray[np.integer]) -> NDArray[np.int64]:
    """(N,) the order in which a Hilbert curve of 2^16 by 2^16 cells over their bounds meets N places."""
    x, y = _cells(x), _cells(y)
    distance = np.zeros(len(x), np.int64)
    for bit in range(BITS - 1, -1, -1):
        right, upper = (x >> bit) & 1, (y >> bit) & 1
        distance = (distance << 2) | ((3 * right) ^ upper)
        turned = (upper == 0) & (right == 1)
        x, y = np.where(turned, ~x, x), np.where(turned, ~y, y)
        x, y = np.where(upper == 0, y, x), np.where(upper == 0, x, y)
    return np.argsort(distance, kind="stable")


def _cells(values: NDArray[np.integer]) -> NDArray[np.int64]:
    low, high = (int(values.min()), int(values.max())) if len(values) else (0, 0)
    return (values.astype(np.int64) - low) * ((1 << BITS) - 1) // max(high - low, 1)
