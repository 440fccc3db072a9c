"""What the parts cost: measured, held against a floor, and compared with other provers."""
