"""The head that needs no download: face, skull, ears, neck, eyes and mouth made by our own code.

`python -m vultus.face.builtin [OUT.png]` draws it from every side with every expression.
"""

from vultus.face.builtin.model import build_head

__all__ = ["build_head"]
