"""Tables of losses in files: which columns are taken, and what is said of bad ones."""

import json

import numpy as np
import pytest

import rfscale as rf

ROWS = {"N": [1e7, 1e8], "T": [1e9, 2e9], "loss": [3.9, 3.5]}


def written(tmp_path, text, name="runs.csv"):
    path = tmp_path / name
    path.write_text(text)
    return path


def is_rows(table):
    return all(getattr(table, name).tolist() == values for name, values in ROWS.items())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", 'name,params,D,val_loss\n"x, y",1e7,1e9,3.9\nz,1e8,2e9,3.5\n'),
        ("a.csv", "# runs\nModel size;tokens;L\n1e7;1e9;3.9\n\n1e8;2e9;3.5\n"),
        ("a.tsv", "N\tT\tloss\n1e7\t1e9\t3.9\n1e8\t2e9\t3.5\n"),
        ("a.csv", "parameters,flops,eval_loss\n1e7,6e16,3.9\n1e8,12e17,3.5\n"),
        ("a.json", json.dumps(ROWS)),
        (
            "a.json",
            json.dumps([dict(zip(ROWS, r, strict=True)) for r in zip(*ROWS.values(), strict=True)]),
        ),
    ],
)
def test_columns_are_found_by_their_usual_names(tmp_path, name, text):
    assert is_rows(rf.read_losses(written(tmp_path, text, name)))


def test_archives_and_frames_are_read(tmp_path):
    pd = pytest.importorskip("pandas")
    np.savez(tmp_path / "a.npz", **ROWS, note=np.zeros((2, 2)))
    assert is_rows(rf.read_losses(tmp_path / "a.npz"))
    assert is_rows(rf.read_losses(pd.DataFrame(ROWS)))
    with pytest.raises(ValueError, match=r"path: row 1 \(from 0\), column 'T': no value"):
        rf.read_losses(pd.DataFrame(ROWS | {"T": pd.array([1, None], dtype="Int64")}))


def test_the_result_says_what_was_taken_and_is_fitted_as_it_is(tmp_path):
    rng = np.random.default_rng(1)
    N = 10 ** rng.uniform(7, 9, 20)
    C = 6 * N * 10 ** rng.uniform(9, 11, 20)
    L = 1.8 + 480 / N**0.35 + 2100 / (C / 6 / N) ** 0.37
    lines = [f"{N[i]:.17g},{C[i]:.17g},{L[i]:.17g},r{i // 2}" for i in range(20)]
    path = written(tmp_path, "\n".join(["params,C,loss,run", *lines]))
    table = rf.read_losses(path)
    assert dict(table.source) == {"N": "params", "C": "C", "loss": "loss", "groups": "run"}
    assert table.groups.max() == 9
    fit = rf.fit_losses(table, intervals="sandwich")
    assert fit["alpha"].value == pytest.approx(0.35, abs=1e-6)  # exact losses, of 16 digits
    with pytest.raises(ValueError, match="T and L must be left out beside a table"):
        rf.fit_losses(table, table.T)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("N,T,loss\n1,2,\n", "line 2, column 'loss': no value"),
        ("N;T;loss\n\n1;2;3,5\n", "line 3, column 'loss': '3,5' has a decimal comma"),
        ("N,T,loss\n1,2,x\n", "line 2, column 'loss': a str: 'x' is no number"),
        ("N,T,loss\n1,2,0\n", "line 2, column 'loss': must be a finite number > 0, got 0"),
        ("N,T,loss\n1,2\n", "line 2: 2 fields, where the first line has 3"),
        ("N,D,tokens,loss\n1,2,3,4\n", "T may be any of the columns 'D', 'tokens'"),
        ("N,T,loss_a,loss_b\n1,2,3,4\n", "loss may be any of the columns 'loss_a', 'loss_b'"),
        ("a,T,loss\n1,2,3\n", "N must be named: none of the columns 'a', 'T', 'loss'"),
        ("N,N,T,loss\n1,2,3,4\n", "names of columns must differ, got 'N'"),
        ("N,T,loss\n# none\n1,2,1e-200\n", "line 3, column 'loss': must be from 1e-100 to 1e+100"),
        ("N,T,loss\n", "no rows below the names of the columns N, T, loss"),
        ("", "holds no table"),
    ],
)
def test_bad_tables_are_refused_with_line_and_column(tmp_path, text, said):
    path = written(tmp_path, text)
    with pytest.raises(ValueError, match=r"runs\.csv") as error:
        rf.read_losses(path)
    assert said in str(error.value)


def test_other_files_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"path must be a file that ends in \.csv, \.tsv"):
        rf.read_losses(tmp_path / "a.txt")
    with pytest.raises(ValueError, match="is not JSON"):
        rf.read_losses(written(tmp_path, "[1", "a.json"))
    with pytest.raises(ValueError, match="loss must be one of the columns 'N', 'T', got a str"):
        rf.read_losses(written(tmp_path, "N,T\n1,2\n"), loss="loss")
