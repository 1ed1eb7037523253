"""Contexts for TLS connections of this machine to itself."""

import functools
import ssl
import subprocess
import tempfile
from pathlib import Path

__all__ = ["contexts"]


@functools.cache
def contexts() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """One that serves as "localhost", and one that trusts it."""
    with tempfile.TemporaryDirectory() as folder:
        key, certificate = Path(folder) / "key.pem", Path(folder) / "certificate.pem"
        command = (
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "
            f"-days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost "
            f"-keyout {key} -out {certificate}"
        )
        subprocess.run(command.split(), check=True, capture_output=True)
        serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        serving.load_cert_chain(certificate, key)
        return serving, ssl.create_default_context(cafile=str(certificate))
