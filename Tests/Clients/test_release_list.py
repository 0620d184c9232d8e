"""The release list: what `sealgate release-list` signs is a DSSE envelope that anybody can check."""

import base64
import json
import subprocess

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from support.service import PROGRAMS

TYPE = "application/vnd.sealgate.release-list+json"
LIST = {
    "type": "sealgate-release-list/1",
    "issue": 7,
    "expiresAt": "2099-01-31T00:00:00Z",
    "releases": [{"measurement": "5a" * 48, "note": "2.1.0, own host"}],
}


def command(*words) -> subprocess.CompletedProcess:
    return subprocess.run(
        [PROGRAMS / "sealgate", "release-list", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def keys(tmp_path):
    key = Ed25519PrivateKey.generate()
    private, public = tmp_path / "release.key", tmp_path / "release.pub"
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    public.write_bytes(
        key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return key, private, public


def sign(tmp_path, private, content=LIST):
    plain, signed = tmp_path / "list.json", tmp_path / "list.signed.json"
    plain.write_text(json.dumps(content))
    return command("sign", "--list", plain, "--key", private, "--output", signed), signed


def test_a_signed_list_is_what_dsse_describes(tmp_path, keys):
    key, private, public = keys
    done, signed = sign(tmp_path, private)
    assert done.returncode == 0, done.stderr
    envelope = json.loads(signed.read_text())
    payload = base64.b64decode(envelope["payload"], validate=True)
    assert envelope["payloadType"] == TYPE
    message = b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE.encode(), len(payload), payload)
    key.public_key().verify(base64.b64decode(envelope["signatures"][0]["sig"], validate=True), message)
    assert json.loads(payload)["issue"] == 7
    shown = command("verify", signed, "--key", public)
    assert shown.returncode == 0, shown.stderr
    assert "issue 7" in shown.stdout
    assert "5a" * 48 in shown.stdout


def test_a_strangers_list_or_one_that_has_ended_is_refused(tmp_path, keys):
    _, private, public = keys
    stranger = Ed25519PrivateKey.generate()
    done, signed = sign(tmp_path, private, {**LIST, "expiresAt": "2020-01-31T00:00:00Z"})
    assert done.returncode == 0
    assert command("verify", signed, "--key", public).returncode == 1
    done, signed = sign(tmp_path, private)
    public.write_bytes(
        stranger.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    refused = command("verify", signed, "--key", public)
    assert refused.returncode == 1
    assert "has not signed" in refused.stderr


@pytest.mark.parametrize("change", [{"issue": 0}, {"more": 1}, {"releases": []}, {"type": "other"}])
def test_a_list_that_no_gateway_would_read_is_not_signed(tmp_path, keys, change):
    done, signed = sign(tmp_path, keys[1], {**LIST, **change})
    assert done.returncode == 1
    assert not signed.exists()


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ([], 64),
        (["sign"], 64),
        (["sign", "--list"], 64),
        (["verify"], 64),
        (["verify", "a", "b"], 64),
        (["verify", "/nowhere/at/all", "--key", "/nowhere/at/all"], 1),
        (["--help"], 0),
    ],
)
def test_a_command_line_that_cannot_be_followed_is_refused(words, status):
    assert command(*words).returncode == status
