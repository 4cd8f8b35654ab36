"""Scripts beside the tests are run by hand."""

collect_ignore_glob = ["figures.py", "workplace.py", "clips.py", "prosody.py"]
