"""What a table says of the model: enough to tell two tables apart, and to join them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

import rfscale as rf
from rfscale.cli import main
from rfscale.model.model_columns import identified, model_columns

LAMBDA = np.arange(1, 9) ** -2.0


@dataclass(frozen=True, eq=False)
class Cut(rf.Spectrum):
    cut: float

    @property
    def eigenvalues(self):
        return LAMBDA * np.exp(-np.arange(8) / self.cut)


def test_what_a_few_numbers_describe_stands_as_such():
    model = rf.ScalingModel(
        rf.PowerLaw(0.5, 9, 2.0), teacher=rf.SourceCondition(0.7), test_spectrum=rf.PowerLaw(2.0, 9)
    )
    columns = model_columns(model)
    assert columns["spectrum"] == "PowerLaw"
    assert [columns[name] for name in ("alpha", "scale", "M")] == [0.5, 2.0, 9]
    assert columns["teacher"] == "SourceCondition(beta=0.7)"
    assert columns["test_spectrum"] == "PowerLaw(alpha=2.0, M=9, scale=1.0)"
    assert model_columns(rf.ScalingModel(Cut(3.0)))["spectrum"] == "Cut(cut=3.0)"


@pytest.mark.parametrize("make", [rf.Eigenvalues, rf.GivenWeights])
def test_fingerprints_tell_numbers_apart_but_not_their_last_digits(make):
    name = identified(make(LAMBDA))
    assert name.startswith(f"{make.__name__}#")
    assert identified(make(LAMBDA)) == name
    assert identified(make(LAMBDA * (1 + 2e-16))) == name
    changed = LAMBDA.copy()
    changed[3] *= 1 + 1e-8
    assert identified(make(changed)) != name
    assert identified(make(LAMBDA[:-1])) != name


def test_models_that_differ_in_anything_differ_in_a_column():
    law = rf.PowerLaw(1.0, 8)
    models = [
        rf.ScalingModel(law),
        rf.ScalingModel(rf.PowerLaw(1.1, 8)),
        rf.ScalingModel(rf.PowerLaw(1.0, 8, 2.0)),
        rf.ScalingModel(rf.PowerLaw(1.0, 9)),
        rf.ScalingModel(rf.Eigenvalues(LAMBDA)),
        rf.ScalingModel(law, sigma_w=2.0),
        rf.ScalingModel(law, sigma_u=2.0),
        rf.ScalingModel(law, sigma_eps=2.0),
        rf.ScalingModel(law, teacher=rf.SourceCondition(1.0)),
        rf.ScalingModel(law, teacher=rf.GivenWeights(LAMBDA)),
        rf.ScalingModel(law, test_spectrum=LAMBDA),
        rf.ScalingModel(law, test_spectrum=rf.PowerLaw(2.0, 8)),
    ]
    rows = [tuple(model_columns(model).values()) for model in models]
    assert len(set(rows)) == len(models)


def test_files_of_two_commands_can_be_joined(tmp_path, capsys):
    options = "--N 10,20 --T 15,30 --M 60,90 --ridge 0,1e-3 --sigma-eps 0.1"
    assert main(f"predict {options} -o {tmp_path}/theory.csv".split()) == 0
    assert main(f"simulate {options} --draws 2 -o {tmp_path}/draws.csv".split()) == 0
    tables = [pd.read_csv(tmp_path / f"{name}.csv") for name in ("theory", "draws")]
    both = pd.merge(*tables)  # on all columns of the same name: the model's, sizes and ridges
    assert len(both) == 16
    assert {"test", "test_mean", "alpha", "sigma_eps", "teacher"} <= set(both.columns)
    first = (tmp_path / "theory.csv").read_text().splitlines()[1]
    assert first.startswith("PowerLaw,1.0,1.0,60,1.0,1.0,0.1,Isotropic,training,10,15,0.0,")
    capsys.readouterr()


def test_arrays_of_power_laws_vary_from_row_to_row():
    model = rf.ScalingModel(rf.PowerLaw([[0.5], [1.0]], 50))
    columns = rf.predict(model, [5, 6], 7).columns()
    assert columns["alpha"].tolist() == [0.5, 0.5, 1.0, 1.0]
    assert list(rf.predict(model, [5, 6], 7).short_columns())[:4] == ["alpha", "M", "N", "T"]
