"""What the tests of the explorer share: the package's answer to a query, and numbers as they are
printed.
"""

import re

import rfscale as rf

DIGITS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")


def from_print(text):
    """1.5·10⁻³ as a number."""
    factor, _, power = (
        text.replace("∞", "inf").rpartition("10")
        if re.search("10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]", text)
        else (text, "", "")
    )
    if not power:
        return float(text.replace("∞", "inf").translate(DIGITS))
    return float(factor.rstrip("·") or 1) * 10.0 ** int(power.translate(DIGITS))


def package_says(query):
    model = rf.ScalingModel(rf.PowerLaw(query["alpha"], query["M"]), sigma_eps=query["sigma_eps"])
    return rf.predict(model, query["N"], query["T"], query["ridge"])
