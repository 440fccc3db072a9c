"""Everybody in one hand: offices, a genesis and a venue for demos, tests and benchmarks."""
