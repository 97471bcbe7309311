"""Free ports for servers that tests start."""

import itertools
import os
import socket

FIRST, BLOCKS, BLOCK = 20_000, 120, 100  # below the ports that the kernel gives to connections
_next = itertools.count()


def free_port() -> int:
    """Return a loopback port that nobody uses.

    Each process has ports of its own: two that asked the kernel at the same moment could get the
    same one, and one test's Redis would answer another's.
    """
    block = FIRST + os.getpid() % BLOCKS * BLOCK
    while True:
        port = block + next(_next) % BLOCK
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
