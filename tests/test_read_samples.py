"""Files of samples: each format, and what is wrong with one by file, line and column."""

import builtins
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rfscale.measured.samples.read import read_samples

X = np.array([[1.0, 2.5], [3.0, -4.0], [5.0, 6e-7]])
Y = np.array([0.5, 1.5, 2.5])


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def write(text, name="table.csv"):
    Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return name


def test_an_array_is_left_on_disk():
    np.save("x.npy", X)
    np.save("y.npy", Y)
    found, labels = read_samples("x.npy", y="y.npy")
    assert isinstance(found.base, np.memmap)
    np.testing.assert_array_equal(found, X)
    np.testing.assert_array_equal(labels, Y)
    assert read_samples(Path("x.npy"))[1] is None


def test_an_archive_holds_both_or_one_of_them():
    np.savez("both.npz", X=X, y=np.stack([Y, Y], 1), more=Y)
    np.savez("one.npz", X=X)
    np.savez("labels.npz", y=Y)
    found, labels = read_samples("both.npz")
    np.testing.assert_array_equal(found, X)
    assert labels.shape == (3, 2)
    assert read_samples("one.npz")[1] is None
    np.testing.assert_array_equal(read_samples("one.npz", y="labels.npz")[1], Y)
    np.testing.assert_array_equal(read_samples("both.npz", y="labels.npz")[1], Y)


TEXTS = {
    "plain": "1,2.5,.5\n3,-4,1.5\n5,6e-7,2.5\n",
    "names": "a,b,y\n1,2.5,.5\n3,-4,1.5\n5,6e-7,2.5",
    "Windows": "\ufeffa,b,y\r\n1,2.5,.5\r\n\r\n3,-4,1.5\r\n5,6e-7,2.5\r\n",
    "white space": "# from elsewhere\n\n1 2.5  .5\n3 -4 1.5\n5\t6e-7 2.5\n",
    "semicolons": "1;2.5;.5\n3;-4;1.5\n5;6e-7;2.5\n",
    "tabs": "a b\tc\ty\n1\t2.5\t.5\n3\t-4\t1.5\n5\t6e-7\t2.5\n",
    "quotes": '"a, b","c","y"\n"1","2.5",.5\n3,"-4",1.5\n5,6e-7,"2.5"\n',
    "counted": "0,1,2\n1,2.5,.5\n3,-4,1.5\n5,6e-7,2.5\n",
}


@pytest.mark.parametrize("name", TEXTS)
def test_tables_as_programs_write_them(name):
    found, labels = read_samples(write(TEXTS[name]), y_column=-1)
    np.testing.assert_array_equal(found, X)
    np.testing.assert_array_equal(labels, Y)


def test_tables_that_numpy_and_pandas_write():
    np.savetxt("numpy.csv", X)
    np.testing.assert_array_equal(read_samples("numpy.csv")[0], X)
    for names in (["a", "b", "y"], None):
        frame = pd.DataFrame(np.column_stack([X, Y]), columns=names)
        frame.to_csv("pandas.csv", index=False)
        np.testing.assert_array_equal(read_samples("pandas.csv")[0], frame)
        frame.to_csv("pandas.csv")
        with pytest.warns(UserWarning, match="the first column of pandas.csv has no name"):
            found, labels = read_samples("pandas.csv", y_column="y" if names else "2")
        np.testing.assert_array_equal(found, X)
        np.testing.assert_array_equal(labels, Y)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("# by numpy.savetxt\n# a,b,price\n1,2.5,.5\n3,-4,1.5\n5,6e-7,2.5\n", "price"),
        ("# a b price\n1 2.5 .5\n3 -4 1.5\n5 6e-7 2.5\n", "price"),
        ("# a,b,price\n1 2.5 .5\n3 -4 1.5\n5 6e-7 2.5\n", "price"),
        ("# d,e,f\na,b,price\n1,2.5,.5\n3,-4,1.5\n5,6e-7,2.5\n", "price"),
    ],
)
def test_a_comment_may_hold_the_names(text, column):
    found, labels = read_samples(write(text), y_column=column)
    np.testing.assert_array_equal(found, X)
    np.testing.assert_array_equal(labels, Y)


@pytest.mark.parametrize("name", ["", "Unnamed: 0"])
@pytest.mark.parametrize("start", [0, 1])
def test_a_first_column_that_counts_rows_is_taken_out(name, start):
    frame = pd.DataFrame({name: np.arange(3) + start, "a": [True, False, True], "y": Y})
    frame.to_csv("table.csv", index=False)
    with pytest.warns(UserWarning, match="the first column of table.csv has no name and counts"):
        found, labels = read_samples("table.csv", y_column="y")
    np.testing.assert_array_equal(found[:, 0], frame["a"])
    np.testing.assert_array_equal(labels, Y)
    with (
        pytest.warns(UserWarning, match="has no name"),
        pytest.raises(ValueError, match="column 'a' of the labels holds True and False"),
    ):
        read_samples("table.csv", y_column="a")
    frame.assign(**{name: [start, 5, 6]}).to_csv("table.csv", index=False)
    assert read_samples("table.csv", y_column="y")[0].shape == (3, 2)


def test_true_and_false_are_1_and_0_in_inputs():
    found, _ = read_samples(write('True,2,"FALSE"\nfalse,3,0\n0.5,4,true\n'))
    np.testing.assert_array_equal(found, [[1, 2, 0], [0, 3, 0], [0.5, 4, 1]])
    np.save("flags.npy", X > 0)
    np.testing.assert_array_equal(read_samples("flags.npy")[0], X > 0)
    with pytest.raises(ValueError, match=r"y of flags.npy must be real numbers"):
        read_samples("flags.npy", y="flags.npy")
    with pytest.raises(ValueError, match="column 1 of the labels holds True and False"):
        read_samples("flags.npy", y=write("True\nFalse\nTrue\n"))


def test_a_column_is_found_by_its_name_or_its_number():
    named = write("a,b,y\n1,2.5,.5\n3,-4,1.5\n")
    for column in ("b", 1, -2, "1", "-2"):
        found, labels = read_samples(named, y_column=column)
        np.testing.assert_array_equal(labels, [2.5, -4])
        np.testing.assert_array_equal(found, [[1, 0.5], [3, 1.5]])
    marked = write("\ufeffa,b\n1,2\n")  # as Windows marks the encoding
    np.testing.assert_array_equal(read_samples(marked, y_column="a")[1], [1])
    digits = write("a,0\n1,2\n")  # a name that is a number
    np.testing.assert_array_equal(read_samples(digits, y_column="0")[1], [2])
    plain = write("1,2,3\n4,5,6\n")
    np.testing.assert_array_equal(read_samples(plain, y_column="1")[1], [2, 5])


BAD_TEXTS = {
    "text": ("a,b,c,d\n1,2,3,4\n5,red,6,x\n", "line 3: column 'b' is 'red', column 'd' is 'x', no"),
    "text without names": ("1,2\n3,1.O\n", "line 2: column 2 is '1.O', no finite number; give n"),
    "missing": ("a,b\n\n1,2\n3,\n", "line 4: no value in column 'b'; take the row out, or fill it"),
    "missing twice": (
        "a,b\n1,2\n3,\n,4\n5,6\nna,na\n",
        "line 3: no value in column 'b', as in 3 rows; take these rows out, or fill them",
    ),
    "missing flag": ("a,b\nTrue,2\n,3\n", "line 3: no value in column 'a'; take the row out"),
    "a text for a flag": ("a,b\nTrue,2\nyes,3\n", "line 3: column 'a' is 'yes', no finite num"),
    "decimal commas": (
        "a;town;b\n0,34;x;-1,2e5\n",
        "column 'a' is '0,34', column 'b' is '-1,2e5', decimal commas: write decimal points",
    ),
    "not available": ("a,b,c\n1,NA,nan\n", "line 2: no value in column 'b', column 'c'; take"),
    "inf": ("1,inf\n", "line 1: column 2 is 'inf', no finite number"),
    "shorter": ("a,b\n1,2\n3\n", "line 3: 1 fields, the first line has 2"),
    "shorter from the start": ("a,b,c\n1,2\n3,4\n", "line 2: 2 fields, the first line has 3"),
    "wide": ("\n" + ",".join("abcdefgh") + "\n" + ",".join("x" * 8), "'e' is 'x' and 3 more, no"),
    "empty": ("", "table.csv holds no numbers"),
    "names alone": ("a,b\n", "table.csv holds no numbers"),
    "another encoding": ("a,b\n1,2\n".encode("utf-16"), "table.csv is not a text file in UTF-8"),
}


@pytest.mark.parametrize("name", BAD_TEXTS)
def test_tables_that_are_refused_name_line_and_column(name):
    text, said = BAD_TEXTS[name]
    with pytest.raises(ValueError, match=re.escape(said)):
        read_samples(write(text))


def bad_files():
    np.save("x.npy", X)
    np.save("flat.npy", Y)
    np.save("four.npy", np.arange(4))
    np.save("words.npy", np.array(["a", "b", "a"]))
    np.savez("small.npz", x=X)
    np.savez("good.npz", X=X)
    damaged = bytearray(Path("good.npz").read_bytes())
    damaged[200] ^= 255
    write(bytes(damaged), "damaged.npz")
    write(Path("good.npz").read_bytes()[:100], "cut.npz")
    write(Path("good.npz").read_bytes(), "archive.npy")
    write(Path("x.npy").read_bytes(), "single.npz")
    write("hello", "text.npy")
    write("a,b\n1,2\n3,4\n")
    write("a,a\n1,2\n")  # the same name twice
    write("a,b\n1,2\n3,4\n", "named.csv")
    Path("folder.csv").mkdir()


BAD_FILES = {
    "suffix": (("x.txt",), "path must end in .npy, .npz, .csv, .parquet, got 'x.txt'"),
    "no name": ((5,), "path must be the name of a file, got 5"),
    "folder": (("folder.csv",), "path must be a file, but folder.csv is a folder"),
    "both": (("x.npy", "flat.npy", "a"), "y and y_column must not both be given, got 'flat.npy'"),
    "shape": (("flat.npy",), "flat.npy must hold X of two dimensions, samples by inputs, got the"),
    "length": (("x.npy", "four.npy"), "y must hold a label for each of the 3 rows of X, got 4"),
    "words": (("x.npy", "words.npy"), "y of words.npy must be real numbers in an array"),
    "no key": (("small.npz",), "small.npz must hold the array X, got 'x'"),
    "no label key": (("x.npy", "good.npz"), "good.npz must hold the array y, got 'X'"),
    "damaged": (("damaged.npz",), "damaged.npz is not a .npz file of numbers: it is damaged"),
    "cut": (("cut.npz",), "cut.npz is not a .npz file of numbers: it is damaged"),
    "archive": (("archive.npy",), "archive.npy is an archive of several arrays: name it .npz"),
    "single": (("single.npz",), "single.npz is a single array: name it .npy"),
    "text": (("text.npy",), "text.npy is not a .npy file of numbers: it is another kind of file"),
    "array's column": (("x.npy", None, "a"), "y_column is for tables, .csv and .parquet, got 'a'"),
    "column": (
        ("named.csv", None, "c"),
        "y_column must be 'a', 'b', or a number from -2 to 1, got",
    ),
    "number": (("named.csv", None, 2), "or a number from -2 to 1, got 2 for named.csv"),
    "digits": (("named.csv", None, "2"), "or a number from -2 to 1, got '2' for named.csv"),
    "flag": (("named.csv", None, True), "y_column must be 'a', 'b', or a number"),
    "twice": (("table.csv", None, "a"), "y_column must be one column, got 'a', a name of several"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_files_that_are_refused_say_why(name):
    arguments, said = BAD_FILES[name]
    bad_files()
    with pytest.raises(ValueError, match=re.escape(said)):
        read_samples(*arguments)


@pytest.mark.parametrize("name", ["no.npy", "no.npz", "no.csv"])
def test_a_file_that_is_missing_is_named(name):
    with pytest.raises(FileNotFoundError, match=name):
        read_samples(name)


def test_a_table_in_parquet():
    pytest.importorskip("pyarrow")
    frame = pd.DataFrame({"a": [1, 3, 5], "b": X[:, 1], "y": Y})
    frame.to_parquet("table.parquet")
    found, labels = read_samples("table.parquet", y_column="y")
    np.testing.assert_array_equal(found, X)
    np.testing.assert_array_equal(labels, Y)
    frame.assign(b=frame["b"] > 0).to_parquet("table.parquet")
    found, labels = read_samples("table.parquet", y_column="y")
    np.testing.assert_array_equal(found[:, 1], X[:, 1] > 0)
    with pytest.raises(ValueError, match="column 'b' of the labels holds True and False"):
        read_samples("table.parquet", y_column="b")
    frame.assign(b=[1.0, np.nan, 2.0]).to_parquet("table.parquet")
    with pytest.raises(ValueError, match=r"table.parquet, row 1: column 'b' is nan"):
        read_samples("table.parquet")
    frame.assign(town=["x", "y", "z"]).to_parquet("table.parquet")
    with pytest.raises(ValueError, match=r"text or other objects in the columns 'town'"):
        read_samples("table.parquet")
    with pytest.raises(ValueError, match=r"bad.parquet is not a file of parquet"):
        read_samples(write("hello", "bad.parquet"))


def test_parquet_says_what_it_needs(monkeypatch):
    imported = builtins.__import__

    def without(name, *rest):
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return imported(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r'pip install "rfscale\[frames\]" pyarrow'):
        read_samples("table.parquet")
