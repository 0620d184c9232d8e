"""What lies on disk and in the log says nothing about anybody: no key, token, prompt, answer, signature or address."""

import base64
import json

import pytest

from support.events import text_of
from support.simulator import simulate
from support.wallet import Wallet

PROMPT = "The colour of my grandmother's kitchen was verdigris."


SECRET = "ghp_verdigris_0123456789abcdef"


@pytest.fixture(scope="module", params=["rows", "folder"])
def witnessed(start_gateway, request, tmp_path_factory):
    """A gateway that has seen a whole journey with its faults, and the words that must not be found."""
    vault = tmp_path_factory.mktemp("vault")
    gateway = start_gateway(**({"SEALGATE_VAULT_DIR": str(vault)} if request.param == "folder" else {}))
    wallet = Wallet.ready(gateway)
    login_token = wallet.token
    session = wallet.open_session()
    answer = text_of(wallet.chat(session, PROMPT, headers={"Idempotency-Key": "journey"}))
    wallet.chat(session, simulate("cut-after=3") + PROMPT)
    wallet.refused_chat(session, simulate("status=401") + PROMPT)
    wallet.refused_chat(session, PROMPT, model="no-such-model-verdigris")
    wallet.request("GET", "/agents/verdigris?verdigris=1")
    wallet.request("POST", "/auth/verify", content=b'{"verdigris": ')
    secrets = {"secrets": {"TOKEN": SECRET}} | wallet.vault_proof("mcp-secrets")
    assert wallet.request("POST", "/wallet/mcp-secrets/github", json=secrets).status_code == 200
    assert wallet.get("/wallet/mcp-secrets/github/values/TOKEN") == {"value": SECRET}
    wallet.request("POST", "/wallet/provider-vault/unlock", json=wallet.vault_proof(typed=True))
    challenge = wallet.challenge()
    wallet.verify(challenge, signature=wallet.sign("verdigris"))
    wallet.login()
    wallet.unlock()

    address = bytes.fromhex(wallet.address[2:])
    signatures = [bytes.fromhex(signature[2:]) for signature in wallet.signatures]
    words = {
        "prompt": [b"verdigris"],
        "answer": [answer.encode()],
        "secret": [SECRET.encode()],
        "provider key": [wallet.provider_key.encode(), wallet.provider_key[7:].encode()],
        "token": [login_token.encode(), login_token.rsplit(".", 1)[1].encode(), wallet.token.encode()],
        "signature": [form for signature in signatures for form in forms(signature)]
        + [form for signature in signatures for form in forms(signature[:32])],
        "address": forms(address),
    }
    return gateway, words, vault


def forms(secret: bytes) -> list[bytes]:
    """The ways in which bytes could have been written down."""
    return [
        secret,
        secret.hex().encode(),
        secret.hex().upper().encode(),
        base64.b64encode(secret).rstrip(b"="),
        base64.urlsafe_b64encode(secret).rstrip(b"="),
    ]


def traces(text: bytes, words: dict[str, list[bytes]]) -> list[str]:
    lowered = text.lower()
    return [
        name for name, wanted in words.items() if any(word in text or word.lower() in lowered for word in wanted)
    ]


def test_the_search_finds_what_it_looks_for(witnessed):
    _, words, _ = witnessed
    for name, wanted in words.items():
        for word in wanted:
            assert traces(b"before " + word + b" after", words)[:1] != [] and name in traces(word, words)


def test_the_files_hold_none_of_it(witnessed):
    gateway, words, vault = witnessed
    files = gateway.files() | {
        str(path.relative_to(vault)): path.read_bytes() for path in vault.rglob("*") if path.is_file()
    }
    assert sum(map(len, files.values())) > 10_000
    assert any(name.endswith("-wal") for name in files)
    for name, content in files.items():
        assert traces(content, words) == [], name
        assert traces(name.encode(), words) == [], name


def test_the_log_holds_none_of_it_and_every_line_is_json(witnessed):
    gateway, words, _ = witnessed
    gateway.restart()
    for run in gateway.runs:
        assert traces("\n".join(run.output).encode(), words) == []
        assert run.complaints == [] or traces("\n".join(run.complaints).encode(), words) == []
    requests = [line for line in gateway.runs[0].events if line["event"] == "request"]
    assert len(requests) > 10
    for line in requests:
        assert {"time", "id", "route", "status"} <= line.keys(), json.dumps(line)


def test_metrics_hold_none_of_it(witnessed):
    gateway, words, _ = witnessed
    with gateway.client() as client:
        response = client.get("/metrics")
        assert response.status_code == 200
        assert traces(response.content, words) == []
        assert "_bucket" in response.text
