"""From prices to public integers: what is listed, what it is worth, what it can lose.

| modules                                                | concern                               |
| ------------------------------------------------------ | ------------------------------------- |
| `data`, `columns`, `demands`, `reach`, `grid`, `window` | the ledger itself: integers, fractions |
| `risk`, `residuals`, `pricing`, `limits`, `scene`       | oracles and auditors: floats as well   |
| `attacked`, `cover`, `offsets`                          | tools that judge margin, no rules      |

Import what is needed from its module.
"""
