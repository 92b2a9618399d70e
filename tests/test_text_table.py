"""Tables of text: aligned, with the digits that a person reads."""

import numpy as np

import rfscale as rf
from rfscale.support.text_table import text_table


def lines(columns, rows=None):
    return text_table(columns, rows).splitlines()


def test_whole_numbers_words_and_what_is_missing():
    table = {"N": [100.0, np.inf], "draws": [8, 64], "agrees": [True, None], "regime": ["a", "bcd"]}
    assert lines(table) == [
        "  N  draws  agrees  regime",
        "100      8  yes     a",
        "inf     64  -       bcd",
    ]
    assert len(lines({"model": ["x" * 99]})[1]) == 39
    assert lines({"agrees": [False]})[1].strip() == "NO"


def test_digits():
    assert lines({"test": [0.123456789, 1.5]}) == ["   test", "0.12346", "    1.5"]
    assert lines({"test": [0.123456789, 0.0, 1e-7]})[1:] == [
        "1.2346e-01",
        "         0",
        "1.0000e-07",
    ]
    assert lines({"stderr": [1.23456e-7]})[1].strip() == "1.23e-07"
    assert lines({"gap/%": [-12.3456, 161.763]})[1:] == ["-12.3", "  162"]
    assert lines({"ridge": [0.0, 1e-5, 0.1]})[1:] == ["    0", "1e-05", "  0.1"]  # as typed
    assert lines({"M": [1e12, 1e18]})[1:] == ["1e+12", "1e+18"]
    assert lines({"M": [10**12, 12345678901]})[1:] == ["      1e+12", "12345678901"]
    assert lines({"seed": [10**400]})[1] == str(10**400)
    assert lines({"seed": [10**10]})[1] == str(10**10)
    assert lines({"test": [4.06015594e26, 1.5]})[1:] == ["4.0602e+26", "       1.5"]
    assert lines({"error/%": [1.126261678e18]})[1].strip() == "1.13e+18"
    assert lines({"T": [123456789012.0, 1.2345e15]})[1:] == ["123456789012", "  1.2345e+15"]
    assert lines({"ridge": [1e-5, 12345.678]})[1:] == ["     1e-05", "1.2346e+04"]
    assert lines({"test": [0.0123456], "stderr": [1.2345e-5]})[1] == "1.2346e-02  1.23e-05"


def test_head_and_tail():
    table = lines({"N": np.arange(1, 300)}, rows=5)
    assert [line.strip() for line in table] == [*"N 1 2 3 ... 298 299".split(), "299 rows"]
    assert len(lines({"N": np.arange(5)}, rows=5)) == 6


def test_tables_of_all_results_fit_on_a_screen():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 10**5), sigma_eps=0.1)
    sizes = {"N": [100, 123456], "T": [[98765], [100]]}
    results = [
        rf.predict(model, **sizes),
        rf.optimal_ridge(model, **sizes),
        rf.bias_variance(model, **sizes),
        rf.simulate(rf.ScalingModel(rf.PowerLaw(1.0, 900)), [30, 50], 777, 1e-3, draws=2, seed=1),
        rf.compare(rf.ScalingModel(rf.PowerLaw(1.0, 900)), [30, 50], 777, 1e-3, draws=2, seed=1),
    ]
    for result in results:
        assert max(map(len, lines(result.short_columns()))) < 100, type(result)
