"""What the tests share: the programs as running services, and a wallet that talks to them."""
