"""What weights exist, where they come from, their licence and checksum."""
