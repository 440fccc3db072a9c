"""The command `tacit`, one file for each noun; it computes nothing itself."""
