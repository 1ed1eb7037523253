"""Bad input: bytes, handshakes and calls that should not be, and what comes of them."""
