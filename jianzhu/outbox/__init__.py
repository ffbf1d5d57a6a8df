"""News and due work, written in the transaction of the change: the only record of what is to do."""
