"""Coefficients of agreement between coders: arrays in, numbers out; knows nothing of projects."""
