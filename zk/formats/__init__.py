"""The ecosystem's file formats: iden3's binary files and snarkjs's JSON.

Import the format that you need: `r1cs`, `wtns`, `zkey`, `json`; `container` is what the
binary ones share, `files` reads and writes them.
"""
