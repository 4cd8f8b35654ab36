"""Real videos and stills brought into the same form as the synthetic world."""
