"""What is proven: gadgets and statements over the circuit language of `zk`. Knows no ledger."""
