"""Turns a PEM file of certificate authorities into a trust store that Java reads: trust_store.py AUTHORITIES.pem STORE.p12"""

from __future__ import annotations

import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

# Java's own default; a trust store holds nothing secret
PASSWORD = b"changeit"


def main(source: str, target: str) -> None:
    authorities = x509.load_pem_x509_certificates(Path(source).read_bytes())
    entries = [
        pkcs12.PKCS12Certificate(certificate, f"authority-{number}".encode())
        for number, certificate in enumerate(authorities)
    ]
    store = pkcs12.serialize_java_truststore(entries, BestAvailableEncryption(PASSWORD))
    Path(target).write_bytes(store)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
