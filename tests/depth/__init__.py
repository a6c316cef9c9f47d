"""How much the tests reach and notice: the branches that none takes, and mistakes put in by chance that none finds."""
