"""`sealgate provenance` against software that others wrote: what it writes is verified here by `cryptography`, its key
names by jwcrypto; and it must say no wherever something does not fit."""

import base64
import hashlib
import json
import shutil
import subprocess

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwcrypto import jwk

from support.service import PROGRAMS

PROGRAM = PROGRAMS / "sealgate"
COMMIT = "0123456789" * 4


def command(*words) -> subprocess.CompletedProcess:
    return subprocess.run(
        [PROGRAM, "provenance", *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
    )


def write(output, *more, dirty="no") -> None:
    words = ["--source", "git+https://example.org/sealgate", "--commit", COMMIT, "--dirty", dirty]
    words += ["--committed-at", 1_700_000_000, "--builder", "urn:example:builder", "--toolchain", "Swift 6.3.1"]
    words += ["--package", "libssl3=3.0.17-1~deb12u2", "--invocation", "swift", "--invocation", "build"]
    done = command("write", *words, *more, "--output", output)
    assert done.returncode == 0, done.stderr


class Key:
    """An Ed25519 key in the two files that openssl would make."""

    def __init__(self, folder, name):
        self.private = Ed25519PrivateKey.generate()
        self.file, self.public_file = folder / f"{name}.key", folder / f"{name}.pub"
        self.file.write_bytes(
            self.private.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        self.public_file.write_bytes(
            self.private.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        )


@pytest.fixture
def key(tmp_path):
    return Key(tmp_path, "build")


@pytest.fixture
def signed(tmp_path, key):
    path = tmp_path / "sealgate.provenance.json"
    write(path, "--key", key.file)
    return path


def test_a_signed_provenance_is_what_in_toto_and_dsse_describe(signed, key):
    envelope = json.loads(signed.read_bytes())
    payload = base64.b64decode(envelope["payload"], validate=True)
    kind = envelope["payloadType"].encode()
    assert kind == b"application/vnd.in-toto+json"
    [signature] = envelope["signatures"]
    message = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
    key.private.public_key().verify(base64.b64decode(signature["sig"], validate=True), message)
    assert signature["keyid"] == jwk.JWK.from_pem(key.public_file.read_bytes()).thumbprint()

    statement = json.loads(payload)
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["predicateType"] == "https://slsa.dev/provenance/v1"
    digests = {subject["name"]: subject["digest"]["sha256"] for subject in statement["subject"]}
    assert digests["sealgate"] == hashlib.sha256(PROGRAM.read_bytes()).hexdigest()
    loaded = subprocess.run(["ldd", PROGRAM], capture_output=True, text=True, check=True).stdout
    for line in loaded.splitlines():
        path = next((word for word in line.split() if word.startswith("/")), None)
        if path is not None:
            with open(path, "rb") as library:
                assert hashlib.sha256(library.read()).hexdigest() in digests.values(), path


def test_verify_says_yes_to_the_program_itself_and_to_its_file(signed, key):
    running = command("verify", "--file", signed, "--key", key.public_file)
    assert running.returncode == 0 and "everything holds" in running.stdout, running.stdout + running.stderr
    lying = command("verify", "--file", signed, "--program", PROGRAM, "--key", key.public_file)
    assert lying.returncode == 0 and "libraries   not checked" in lying.stdout


def test_the_same_build_signed_twice_is_the_same_file(tmp_path, signed, key):
    write(tmp_path / "again.json", "--key", key.file)
    assert (tmp_path / "again.json").read_bytes() == signed.read_bytes()


def test_another_key_program_or_a_dirty_tree_is_refused(tmp_path, signed, key):
    stranger = Key(tmp_path, "stranger")
    refused = command("verify", "--file", signed, "--key", stranger.public_file)
    assert refused.returncode == 1 and "NOT BY A KEY" in refused.stdout

    other = tmp_path / "sealgate"
    shutil.copyfile(PROGRAM, other)
    with open(other, "ab") as file:
        file.write(b"\0")
    # The provenance lies beside this one, where it is looked for.
    refused = command("verify", "--program", other, "--key", key.public_file)
    assert refused.returncode == 1 and "names it    NO" in refused.stdout

    write(tmp_path / "dirty.json", "--key", key.file, dirty="yes")
    refused = command("verify", "--file", tmp_path / "dirty.json", "--key", key.public_file)
    assert refused.returncode == 1 and "clean       NO" in refused.stdout


def test_an_unsigned_build_says_so_and_holds_only_for_who_asks_for_no_key(tmp_path, key):
    path = tmp_path / "unsigned.json"
    write(path)
    assert json.loads(path.read_bytes())["signatures"] == []
    assert command("verify", "--file", path, "--key", key.public_file).returncode == 1
    done = command("verify", "--file", path, "--without-key")
    assert done.returncode == 0 and "signed      no" in done.stdout


@pytest.mark.parametrize(
    "words, status",
    [
        ([], 64),
        (["verify"], 64),
        (["verify", "--without-key", "--keys", "x"], 64),
        (["verify", "--without-key", "--file"], 64),
        (["verify", "--without-key", "--file", "/nowhere/at/all"], 1),
        (["verify", "--key", "/nowhere/at/all"], 1),
        (["write", "--output", "/nowhere/at/all"], 64),
    ],
)
def test_a_command_line_that_cannot_be_followed_is_refused(words, status):
    done = command(*words)
    assert done.returncode == status
    assert done.stdout == "" and done.stderr != ""
