"""What rooms serve: versions that come and go while requests are answered."""
