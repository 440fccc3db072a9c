"""Fields, curves, commitments, circuits and Groth16. Knows no finance.

Import from the modules: `zk.bn254`, `zk.babyjubjub`, `zk.pedersen`, `zk.poseidon`,
`zk.sigma`, `zk.circuit`, `zk.groth16`, `zk.backends`, `zk.formats`.
"""
