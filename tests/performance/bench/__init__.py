"""``make bench``: ratios, each of two figures measured in the same run, and printed with both."""
