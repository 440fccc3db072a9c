from __future__ import annotations

from typing import Final

import pytest

from tests.ledger.recorded import HISTORIES, recorded

#: The number and the state root of the last entry, as they were before transitions had faces.
ROOTS: Final = {
    "otc": (7, "7560cb38c8f031b7913ab38603990ad896aa05a154d04b55623a5ac0202a5a4e"),
    "darkpool": (21, "8b5c3b88372f3a1646de0fd2172fa03a2e95cd089f04f6443be5f810d40c7f79"),
    "default": (26, "3d125e63dadee3aec2b7b4cf6ebf58b4f3e3ef34fb6d7a601aba2255e874dc16"),
    "disclosure": (10, "82b6c9cf23c4d714712f85fe4c7eb6a68dc9d87ff229cedd37e461de691a45c6"),
    "an honest ledger": (49, "6f65ba7d77dd67f1576e8735e7a87ec88f95fd5ec6dc858d93da14dafde48678"),
    "books": (53, "4d8242efde600069388bbe55d01915747b32bc787121ec49f9b13cb2468d871e"),
    "simulation 4": (158, "a63462b87291aced6e6c47ff34e10b470339af9c32c11f7bb5455e0df3da00c4"),
    "simulation 15": (159, "d35b7a9eade48c456136674729ca973e21dedd10e9bdf262347e30c90a77c38f"),
}


@pytest.mark.parametrize("name", HISTORIES)
def test_a_history_has_the_root_that_was_recorded(name: str) -> None:
    """Wire bytes, bindings and state are what they were: another byte anywhere is another root.

    Whoever changes the rules on purpose records the roots anew, and says why.
    """
    head = recorded(name).head
    assert (head.number, head.root.hex()) == ROOTS[name]
