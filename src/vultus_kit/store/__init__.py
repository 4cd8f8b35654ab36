"""Stores of immutable artifacts, named by URI and digest."""

from vultus_kit.store.artifacts import Artifact, ArtifactDamagedError, ArtifactMissingError, ArtifactStore
from vultus_kit.store.folder import FolderStore

__all__ = ["Artifact", "ArtifactDamagedError", "ArtifactMissingError", "ArtifactStore", "FolderStore"]
