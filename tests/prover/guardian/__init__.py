"""The guardians: ceremonies, refreshes, partial decryptions, and when they are given."""
