"""Files of older releases lose or disfigure their history on the way to schema v2."""
