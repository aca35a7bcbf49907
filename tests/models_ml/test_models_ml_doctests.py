"""The examples in the docstrings are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import models_ml

MODULES = [
    module.name
    for module in pkgutil.walk_packages(models_ml.__path__, "models_ml.")
    if ".identity" not in module.name
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_the_module_hold(name):
    result = doctest.testmod(importlib.import_module(name))

    assert result.failed == 0
