"""One thread for every numeric library, looked for once."""

import sys
import types

import numpy as np
import threadpoolctl

from whytransfer import threads
from whytransfer.threads import one_thread


def test_every_library_uses_one_thread_inside_and_its_own_number_after():
    np.ones((2, 2)) @ np.ones((2, 2))
    before = [found["num_threads"] for found in threadpoolctl.threadpool_info()]
    with one_thread():
        assert {found["num_threads"] for found in threadpoolctl.threadpool_info()} == {1}
        with one_thread():
            assert {found["num_threads"] for found in threadpoolctl.threadpool_info()} == {1}
    assert [found["num_threads"] for found in threadpoolctl.threadpool_info()] == before


def test_libraries_are_looked_for_again_when_modules_came(monkeypatch):
    with one_thread():
        seen = threads._libraries.cache_info().misses
    with one_thread():
        assert threads._libraries.cache_info().misses == seen
    monkeypatch.setitem(sys.modules, "a_module_that_was_not_there", types.ModuleType("a"))
    with one_thread():
        assert threads._libraries.cache_info().misses == seen + 1
