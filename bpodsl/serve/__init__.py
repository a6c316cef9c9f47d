"""A local page over a run or a store, live while events come in. It shows, and changes nothing.

`looking` holds what is looked at, `guard` lets nobody else in, `pages` has the templates, `static` what they load.
"""
