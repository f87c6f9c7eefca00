"""What if: the live plan of a year as amounts, and a scenario beside it. Reads only."""
