"""Writes the cases of tests/source into the folder given: <case>/in, <case>/expected, <case>/options, <case>/skip."""
import os
import sys

import cases_archive
import cases_folder
import cases_image
import cases_layers

OUT = sys.argv[1].encode()


def case(name, data, expected, options=(), skip=None):
    """data: the bytes of `in`, or a function that is given its path and makes it."""
    here = os.path.join(OUT, name.encode())
    os.makedirs(here)
    if callable(data):
        data(os.path.join(here, b"in"))
    else:
        with open(os.path.join(here, b"in"), "wb") as f:
            f.write(data)
    lines = expected.split("\n")
    lines = [line.strip() for line in lines if line.strip()]
    with open(os.path.join(here, b"expected"), "w") as f:
        f.write("\n".join(lines[:1] + sorted(lines[1:], key=lambda l: l.encode())) + "\n")
    with open(os.path.join(here, b"options"), "w") as f:
        f.write("\n".join(options) + "\n")
    if skip:
        with open(os.path.join(here, b"skip"), "w") as f:
            f.write(skip)


for module in (cases_folder, cases_image, cases_layers, cases_archive):
    module.make(case)
