"""Benchmarks are scripts with this folder on their path; only the tests of them are collected."""

collect_ignore_glob = ["bench_*.py", "fit_noise.py", "harness.py", "run.py", "report.py"]
