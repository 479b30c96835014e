# SPDX-License-Identifier: Apache-2.0
"""Certificates made with openssl in a folder of the test's own, and passwords' hashes. Judges nothing."""

import subprocess

# bcrypt of "secret" and "other"; the cost is the cheapest that counts.
SECRET = "$2b$10$abcdefghijklmnopqrstuuqflPDzB6gcMhKa1rZqKiun2YGL5sa2u"
QUICK = "$2b$06$abcdefghijklmnopqrstuuxLa0AkDDSrQ9VwNnETzOsObiucpMYgC"  # of "secret": milliseconds, not tenths of a second
OTHER = "$2b$04$abcdefghijklmnopqrstuu0HtfOlPbTiymk5tcV.3TsFPDd3SYZqu"


def openssl(folder, *words):
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def make_certificate(folder, name, names="IP:127.0.0.1", days="2"):
    """One that signs itself."""
    openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", days, "-keyout", f"{name}.key",
            "-out", f"{name}.crt", "-subj", f"/CN={name}", "-addext", f"subjectAltName={names}")


def make_client(folder, name, authority):
    openssl(folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr",
            "-subj", f"/CN={name}")
    openssl(folder, "x509", "-req", "-days", "2", "-in", f"{name}.csr", "-CA", f"{authority}.crt", "-CAkey", f"{authority}.key",
            "-CAcreateserial", "-out", f"{name}.crt")


def tls_section(more="", name="server"):
    return f"tls_server_config:\n  cert_file: {name}.crt\n  key_file: {name}.key\n{more}"
