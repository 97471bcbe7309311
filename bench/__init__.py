"""Benchmarks: each one file, each prints one table and writes JSON."""
