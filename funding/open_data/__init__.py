"""The partnership's grants as open data, in the 360Giving standard: read, written as two files, checked."""
