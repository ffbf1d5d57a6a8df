"""What convinces somebody who trusts nobody: receipts, bundles of a case, and their verifier."""
