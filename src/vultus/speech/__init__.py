"""Speech as numbers that learners can take in."""
