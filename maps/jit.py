"""How kernels are compiled: one place, so that nobody compiles one differently.

The GIL is released, machine code is cached beside the module; never `fastmath` (it breaks inf) and never
`parallel` (it aborts under threads without OpenMP).
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit

Whole = int | np.integer[Any]  # a whole number inside a kernel, where every one is an int64
F = TypeVar("F", bound=Callable[..., object])


def kernel(function: F) -> F:
    """Compile a function over arrays and numbers with Numba at its first call."""
    try:
        return cast(F, njit(nogil=True, cache=True)(function))
    except RuntimeError:  # no folder to keep machine code in, neither here nor at home: compile in every process
        return cast(F, njit(nogil=True)(function))
