"""A signature tells who vouches for a ZIP, and nothing that was changed since passes."""

import datetime as dt
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eudr_check.cli.commands import app
from eudr_check.errors import PackageError
from eudr_check.filing import signature

DAY = dt.date(2026, 11, 28)
MINISIGN_PUB = (
    "untrusted comment: minisign public key C3565E4CE8B5D7\nRWTXtehMXlbDABEB7+nbIvOAa3Ar38iOcHIYgioQUoMRhN+7Wz1KRMbE\n"
)
MINISIGN_SIG = (
    "untrusted comment: signature from minisign secret key\n"
    "RUTXtehMXlbDANvJc5u4VNbW8+tMMHim8IFaSo25CFydyjcHqAkaDgD/bWnLF30MDHENI/FddrDK6o6dmTADmmedLMawnhLVTQs=\n"
    "trusted comment: Ana Ejemplo, 2026-11-28, p.zip\n"
    "ziz8YOB5SQpbwGgvoF58l72PBIACjvBQQiT3mpsHstRcrIpwNFhE5WWeZV8Cue3CPlLMzJrdIxUMB/+zGFTSCQ==\n"
)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the keys `ana` and `otra`."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("ana", "otra"):
        signature.new_key(folder / name, "secreto")
    return folder


@pytest.fixture
def signed(keys: Path, tmp_path: Path) -> Path:
    """A ZIP that Ana signed."""
    file = tmp_path / "pe-2026.zip"
    file.write_bytes(b"PK\3\4 package")
    signature.sign(file, keys / "ana.key", "secreto", "Ana Ejemplo", DAY)
    return file


def test_a_signature_says_who_and_when(keys: Path, signed: Path) -> None:
    """The person, the day and the file are signed too; the folder around the ZIP may be named instead."""
    found = signature.check(signed, keys / "ana.pub")

    assert (found.file, found.statement) == (signed, "Ana Ejemplo, 2026-11-28, pe-2026.zip")
    assert signature.check(signed.parent, keys / "ana.pub") == found


def test_a_signature_of_minisign_itself_is_read(tmp_path: Path) -> None:
    """A ZIP that minisign 0.11 signed is checked like one of ours."""
    (tmp_path / "p.zip").write_bytes(b"PK\3\4 a ZIP of minisign")
    (tmp_path / "p.zip.minisig").write_text(MINISIGN_SIG)
    (tmp_path / "a.pub").write_text(MINISIGN_PUB)

    assert signature.check(tmp_path / "p.zip", tmp_path / "a.pub").statement == "Ana Ejemplo, 2026-11-28, p.zip"


@pytest.mark.parametrize("at", range(0, 11))
def test_one_changed_byte_of_the_zip_breaks_it(keys: Path, signed: Path, at: int) -> None:
    """Whatever was rewritten and hashed anew, the signature no longer holds."""
    content = bytearray(signed.read_bytes())
    content[at] ^= 1
    signed.write_bytes(content)

    with pytest.raises(PackageError, match="does not hold"):
        signature.check(signed, keys / "ana.pub")


@pytest.mark.parametrize(("old", "new"), [("Ana", "Eva"), ("2026-11-28", "2026-01-01"), ("pe-2026", "pe-2025")])
def test_what_the_signer_stated_cannot_be_changed(keys: Path, signed: Path, old: str, new: str) -> None:
    """Another name, day or file in the signature breaks it."""
    place = signed.with_name("pe-2026.zip.minisig")
    place.write_text(place.read_text().replace(old, new))

    with pytest.raises(PackageError, match="does not hold"):
        signature.check(signed, keys / "ana.pub")


def test_another_key_is_not_anas(keys: Path, signed: Path) -> None:
    """The key of somebody else does not vouch for Ana's signature, and no signature is none."""
    with pytest.raises(PackageError, match="another key signed"):
        signature.check(signed, keys / "otra.pub")
    signed.with_name("pe-2026.zip.minisig").unlink()
    with pytest.raises(PackageError, match="there is no signature"):
        signature.check(signed, keys / "ana.pub")


@pytest.mark.parametrize(
    ("file", "key", "password", "person", "fault"),
    [
        ("pe-2026.zip", "ana.key", "otro", "Ana", "wrong password"),
        ("pe-2026.zip", "ana.pub", "secreto", "Ana", "ana.pub: "),
        ("pe-2026.zip", "nadie.key", "secreto", "Ana", "cannot be read"),
        ("pe-2026.zip", "ana.key", "secreto", " ", "is no name; write who signs"),
        ("pe-2026.txt", "ana.key", "secreto", "Ana", "is no ZIP of a package"),
    ],
)
def test_nothing_is_signed_without_key_password_and_name(
    keys: Path, tmp_path: Path, file: str, key: str, password: str, person: str, fault: str
) -> None:
    """Each is refused in one line with what to do, and no signature is written."""
    (tmp_path / file).write_bytes(b"PK\3\4")

    with pytest.raises(PackageError, match=fault) as refused:
        signature.sign(tmp_path / file, keys / key, password, person, DAY)
    assert "\n" not in str(refused.value)
    assert not list(tmp_path.glob("*.minisig"))


def test_a_key_is_locked_and_never_overwritten(keys: Path) -> None:
    """Only its owner can read the file, an empty password makes none, and a second key of that name is refused."""
    before = (keys / "ana.key").read_bytes()

    assert stat.S_IMODE((keys / "ana.key").stat().st_mode) == 0o600
    with pytest.raises(PackageError, match="is there already"):
        signature.new_key(keys / "ana", "secreto")
    with pytest.raises(PackageError, match="needs a password"):
        signature.new_key(keys / "vacia", "")
    assert (keys / "ana.key").read_bytes() == before
    assert not list(keys.glob("vacia*"))


def test_the_commands_make_a_key_and_sign(tmp_path: Path) -> None:
    """A password that is asked for makes the key and opens it again."""
    zipped, name = tmp_path / "p.zip", tmp_path / "ana"
    zipped.write_bytes(b"PK\3\4")
    made = CliRunner().invoke(app, ["new-key", str(name)], input="secreto\nsecreto\n")
    signed = CliRunner().invoke(
        app, ["sign", str(zipped), "--key", f"{name}.key", "--person", "Ana Ejemplo"], input="secreto\n"
    )

    assert (made.exit_code, signed.exit_code) == (0, 0), made.output + signed.output
    assert "secreto" not in made.output + signed.output
    assert signature.check(zipped, tmp_path / "ana.pub").statement.startswith("Ana Ejemplo, ")
