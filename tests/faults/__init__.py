"""A store that is written while everything goes wrong: each single write, sync, opening, cutting and removal of a file
fails in each way in which it may, and then the run is run again."""
