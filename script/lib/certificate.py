"""A certificate of one's own, for phones, which give their position only over HTTPS."""

from pathlib import Path

from script.lib.net import own_addresses
from script.lib.paths import PYTHON, STATE, Command
from script.lib.progress import Progress

FOLDER = STATE / "tls"
MAKE = """
import ipaddress, os, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

certificate_file, key_file, *names = sys.argv[1:]

def general(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)

def still_good(path):
    if not path.exists() or not Path(key_file).exists():
        return False
    made = x509.load_pem_x509_certificate(path.read_bytes())
    known = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    soon = datetime.now(UTC) + timedelta(days=30)
    return made.not_valid_after_utc > soon and all(general(name) in known for name in names)

def write(path, text, mode):
    draft = Path(path + ".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
        out.write(text)
    draft.replace(path)

if still_good(Path(certificate_file)):
    sys.exit()
key = ec.generate_private_key(ec.SECP256R1())
who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "geo112 on this machine")])
now = datetime.now(UTC)
certificate = (
    x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
    .serial_number(x509.random_serial_number())
    .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=397))
    .add_extension(x509.SubjectAlternativeName([general(name) for name in names]), critical=False)
    .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    .sign(key, hashes.SHA256())
)
write(key_file, key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
      serialization.NoEncryption()), 0o600)
write(certificate_file, certificate.public_bytes(serialization.Encoding.PEM), 0o644)
"""
CONVERT = """
import os, sys
from cryptography import x509
from cryptography.hazmat.primitives import serialization

certificate_file, key_file, out_file = sys.argv[1:]
with open(key_file, "rb") as file:
    key = serialization.load_pem_private_key(file.read(), password=None)
with open(certificate_file, "rb") as file:
    certificate = x509.load_pem_x509_certificate(file.read())
if certificate.public_key() != key.public_key():
    sys.exit("error: the key does not belong to the certificate")
text = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                         serialization.NoEncryption())
with os.fdopen(os.open(out_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
    out.write(text)
"""


def provide(progress: Progress, given: tuple[Path, ...]) -> tuple[Path, Path]:
    """Certificate and key: the given ones, or self-made. Raises Trouble.

    The server reads keys as PKCS #8 only, so a given key is handed on in that form.
    """
    FOLDER.mkdir(parents=True, exist_ok=True, mode=0o700)
    program: Command
    if given:
        certificate, key = given
        ready = FOLDER / "given-key.pem"
        program = [PYTHON, "-c", CONVERT, certificate, key, ready]
        progress.run(program, failed="The given certificate and key cannot be used")
        return certificate, ready
    certificate, key = FOLDER / "certificate.pem", FOLDER / "key.pem"
    program = [PYTHON, "-c", MAKE, certificate, key, *own_addresses()]
    progress.run(program, failed="A certificate could not be made")
    return certificate, key
