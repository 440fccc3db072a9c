"""Which factor of a constraint is A and which is B.

A·B = B·A, but a prover pays for the wires of B twice more than for those of A: in G1, and in G2
where an addition is dear. So each constraint is turned to bring the fewest new wires into B.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from zk.circuit.system import NamedConstraint


def orient(constraints: Sequence[NamedConstraint]) -> list[NamedConstraint]:
    """The same constraints with some factors exchanged.

    Wires that stand in both factors of some constraint are in B whatever is done; the others
    are decided one constraint after the other.
    """
    in_b: set[int] = set()
    for constraint in constraints:
        in_b |= constraint.a.terms.keys() & constraint.b.terms.keys()
    oriented = []
    for constraint in constraints:
        as_is = constraint.b.terms.keys() - in_b
        exchanged = constraint.a.terms.keys() - in_b
        if len(exchanged) < len(as_is):
            constraint = replace(constraint, a=constraint.b, b=constraint.a)
        in_b |= constraint.b.terms.keys()
        oriented.append(constraint)
    return oriented
