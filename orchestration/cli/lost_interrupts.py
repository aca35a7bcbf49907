"""A Ctrl-C that Python has lost in; another one, a moment later, out.

An interrupt that comes while an object is being collected (``__del__``, the callback of a weak
reference) is printed and forgotten: the run went on to its end, and whoever had stopped it waited.
"""

from __future__ import annotations

import signal
import sys

MOMENT_S = 0.05
"""By then the main thread is somewhere else."""

INTERRUPTS = ("KeyboardInterrupt", "DagsterExecutionInterruptedError")
"""What Ctrl-C raises, by itself and within a step; neither has a message."""


def send_again() -> None:
    """From now on raise interrupts again that were raised where nobody can catch them."""
    told = sys.unraisablehook

    def hook(lost: sys.UnraisableHookArgs) -> None:
        if lost.exc_type.__name__ not in INTERRUPTS:
            told(lost)
            return
        # no thread: what was interrupted may hold the lock that starting one needs
        signal.setitimer(signal.ITIMER_REAL, MOMENT_S)

    # whichever way of taking an interrupt is in force then
    signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT))
    sys.unraisablehook = hook
