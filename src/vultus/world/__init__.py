"""The synthetic world: unlimited talking people made by our own code, with every quantity known."""
