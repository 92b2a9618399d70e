"""For all tests, and the processes that they start: no line on compiling, which a first run has and
no other.
"""

import os

os.environ["RFSCALE_QUIET"] = "1"


def pytest_configure(config):
    """In a new installation both of two workers would compile the same things first, at once: the
    second begins with what the first gets to last, and each finds what the other one kept.
    """
    if os.environ.get("PYTEST_XDIST_WORKER") == "gw1":
        import rfscale as rf

        model = rf.ScalingModel(rf.PowerLaw(1.0, 50), sigma_eps=0.1)
        rf.loss_covariance(model, 5, 9, 0.1, 0.2)
        rf.optimal_time(model, 5, 9)
