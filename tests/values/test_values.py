"""The face of the package."""

from bpodsl import values


def test_the_public_names() -> None:
    names = values.__all__
    assert len(names) == len(set(names))
    assert names == sorted(names, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    assert all(hasattr(values, name) for name in names)
    assert values.__doc__ == "Money and time."
