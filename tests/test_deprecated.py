"""Old names: they give what the new ones give, and the warning shows the line that uses them."""

import inspect
import sys
import types
from dataclasses import dataclass, fields

import pytest

import rfscale
from rfscale.deprecated import NAMES, old_name, renamed, warn


@dataclass(frozen=True)
class Units:
    signal: float = 3.0


@dataclass(frozen=True)
class Model:
    units: Units = Units()
    scale: float = 2.0

    size = renamed("scale", gone_in="9.0.0")
    signal_unit = renamed("units.signal", gone_in="9.0.0")
    times = renamed("multiplied", gone_in="9.0.0")

    def multiplied(self, factor):
        return self.scale * factor


class Small(Model):
    pass


@pytest.fixture
def module(monkeypatch):
    module = types.ModuleType("some_module")
    module.New = Model
    names = {"Old": ("New", "9.0.0")}
    module.__getattr__ = lambda name: old_name("some_module", name, names)
    monkeypatch.setitem(sys.modules, "some_module", module)
    return module


def here():
    """File and line of the caller's `with` block, which the warning has to show."""
    frame = inspect.currentframe().f_back
    return frame.f_code.co_filename, frame.f_lineno


@pytest.mark.parametrize("model", [Model(), Small()])
@pytest.mark.parametrize(
    ("use", "value", "old", "new"),
    [
        (lambda model: (model.size, here()), 2.0, "Model.size", "Model.scale"),
        (lambda model: (model.signal_unit, here()), 3.0, "Model.signal_unit", "Model.units.signal"),
        (lambda model: (model.times(4), here()), 8.0, "Model.times", "Model.multiplied"),
    ],
)
def test_renamed_attributes(model, use, value, old, new):
    with pytest.deprecated_call() as caught:
        found, line = use(model)
    assert found == value
    (warning,) = caught
    assert str(warning.message) == f"{old} is deprecated and goes in rfscale 9.0.0; use {new}"
    assert (warning.filename, warning.lineno) == line


def test_a_renamed_attribute_is_no_field_and_can_be_looked_up_in_the_class():
    assert [field.name for field in fields(Model)] == ["units", "scale"]
    assert isinstance(Model.size, renamed)


def test_old_names_of_a_module(module):
    with pytest.deprecated_call() as caught:
        found, line = module.Old, here()
    assert found is Model
    (warning,) = caught
    assert "some_module.Old " in str(warning.message)
    assert "9.0.0; use some_module.New" in str(warning.message)
    assert (warning.filename, warning.lineno) == line


def test_importing_an_old_name_shows_the_importing_line(module):
    with pytest.deprecated_call() as caught:
        line = here()[1] + 1
        from some_module import Old
    assert Old is Model
    assert {(warning.filename, warning.lineno) for warning in caught} == {(__file__, line)}


def test_other_names_are_missing(module):
    with pytest.raises(AttributeError, match="module 'some_module' has no attribute 'Older'"):
        _ = module.Older
    assert not hasattr(rfscale, "no_such_name")


def test_warn_shows_the_line_that_calls_the_deprecated_function():
    def old():
        warn("old()", "new()", "9.0.0")

    with pytest.deprecated_call() as caught:
        line = (old(), here())[1]
    assert (caught[0].filename, caught[0].lineno) == line


def test_old_names_of_the_package():
    current = tuple(int(part) for part in rfscale.__version__.split("."))
    for old, (new, gone_in) in NAMES.items():
        assert new in rfscale.__all__
        assert old not in rfscale.__all__
        assert tuple(int(part) for part in gone_in.split(".")) > current, f"{old} has to go"
        with pytest.deprecated_call(match=f"rfscale.{old} .* use rfscale.{new}"):
            assert getattr(rfscale, old) is getattr(rfscale, new)
