"""A detached signature of a package's ZIP, in the format of minisign, whose own programs read and write it too.

A package proves of itself all that can be made again from its tables. Whoever rewrites tables, files and hashes
together leaves no trace in it; the signature tells, for it needs the key of the person who answers for the package.
"""

import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path

import minisign

from eudr_check.errors import PackageError
from eudr_check.text import sentence
from eudr_check.text.clean import clean

ENDING = ".minisig"


@dataclass(frozen=True)
class Signed:
    """A signature that holds."""

    file: Path
    """The ZIP it was made for."""
    statement: str
    """What the signer stated, and signed too: name, day and name of the ZIP."""


def new_key(name: Path, password: str) -> tuple[Path, Path]:
    """Make the key of a person: `NAME.key`, which stays with that person, and `NAME.pub`, which goes to everybody.

    Args:
        name: path without ending.
        password: locks the key file.

    Raises:
        PackageError: one of the files is there already, the password is empty, or the folder cannot be written.
    """
    secret, public = (name.with_name(f"{name.name}.{ending}") for ending in ("key", "pub"))
    if not password:
        raise PackageError(sentence("refusals", "key_no_password", file=str(secret)))
    for path in (secret, public):
        if path.exists():
            raise PackageError(sentence("refusals", "key_there", file=str(path)))
    pair = minisign.KeyPair.generate()
    pair.public_key.untrusted_comment = f"eudr-check public key {name.name}"
    pair.secret_key.untrusted_comment = f"eudr-check secret key {name.name}"
    pair.secret_key.encrypt(password)
    try:
        # The key must never be readable for others, not even for a moment.
        with os.fdopen(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(bytes(pair.secret_key) + b"\n")
        public.write_bytes(bytes(pair.public_key) + b"\n")
    except OSError as error:
        raise PackageError(
            sentence("refusals", "not_writable", folder=str(secret.parent), problem=str(error.strerror))
        ) from error
    return secret, public


def sign(file: Path, key: Path, password: str, person: str, day: dt.date) -> Path:
    """Sign a ZIP; the signature lies beside it and replaces an earlier one.

    Args:
        file: the ZIP of a package.
        key: `NAME.key`.
        password: of the key.
        person: who signs.
        day: of the signature.

    Returns:
        `FILE.minisig`.

    Raises:
        PackageError: no ZIP, no key, a wrong password, or no name.
    """
    if file.suffix != ".zip" or not file.is_file():
        raise PackageError(sentence("refusals", "not_package_zip", file=str(file)))
    if not any(letter.isalpha() for letter in person):
        raise PackageError(sentence("refusals", "signer_no_name", person=person))
    try:
        secret = minisign.SecretKey.from_bytes(key.read_bytes())
        secret.decrypt(password)
        stated = f"{clean(person)}, {day.isoformat()}, {file.name}"
        made = secret.sign(file.read_bytes(), untrusted_comment="signature of eudr-check", trusted_comment=stated)
    except OSError as error:
        raise PackageError(
            sentence("refusals", "key_unreadable", file=str(key), problem=str(error.strerror))
        ) from error
    except minisign.Error as error:
        raise PackageError(sentence("refusals", "key_wrong", file=str(key), problem=str(error))) from error
    place = file.with_name(file.name + ENDING)
    place.write_bytes(bytes(made) + b"\n")
    return place


def check(package: Path, public: Path) -> Signed:
    """Whether the signature beside a ZIP was made by the owner of a public key for these very bytes.

    Args:
        package: the ZIP, or the package folder that holds it.
        public: `NAME.pub`, from the signer and not from whoever sent the package.

    Raises:
        PackageError: there is no signature, or it does not hold; says why.
    """
    file = _zip(package)
    place = file.with_name(file.name + ENDING)
    if not place.is_file():
        raise PackageError(sentence("refusals", "no_signature", file=str(place)))
    try:
        key = minisign.PublicKey.from_bytes(public.read_bytes())
    except (OSError, minisign.Error) as error:
        raise PackageError(sentence("refusals", "no_public_key", file=str(public), problem=str(error))) from error
    try:
        signature = minisign.Signature.from_bytes(place.read_bytes())
        key.verify(file.read_bytes(), signature)
    except minisign.Error as error:
        raise PackageError(sentence("refusals", "signature_broken", file=str(place), problem=str(error))) from error
    return Signed(file, clean(signature.trusted_comment))


def _zip(package: Path) -> Path:
    if package.is_file():
        return package
    found = sorted(package.glob("*.zip"))
    if len(found) != 1:
        raise PackageError(sentence("refusals", "no_zip", folder=str(package)))
    return found[0]
