"""Contract wallets log in on a real EVM: EIP-1271, ERC-6492, EIP-7702, and whatever else a contract may do."""

import secrets
import time
from datetime import UTC, datetime

import pytest
from eth_account import Account
from eth_account.messages import _hash_eip191_message, encode_defunct

from support.chain import Chain, selector
from support.wallet import Wallet

BOUND_SECONDS = 13
"""Three answers of a node, each given up after four seconds, and a second for the rest."""

YES = "631626ba7e60e01b60005260206000f3"
"""Returns EIP-1271's magic whatever it is asked."""


@pytest.fixture(scope="module")
def chain():
    chain = Chain()
    yield chain
    chain.stop()


@pytest.fixture(scope="module")
def base(chain, start_gateway):
    """A gateway with that one node for its chain, and another chain without."""
    return start_gateway(SEALGATE_CHAINS=f"{chain.setting},10")


class SmartAccount:
    """An account with an owner's key; where it stands is the test's choice."""

    def __init__(self, gateway, address: str):
        self.client = gateway.client()
        self.owner = Account.create()
        self.address = address

    def text(self, chain_id: int = 8453) -> str:
        query = {"address": self.address, "chainId": chain_id}
        answer = self.client.get("/auth/siwe/challenge", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()["message"]

    def signed(self, text: str, key=None) -> bytes:
        return bytes((key or self.owner).sign_message(encode_defunct(text=text)).signature)

    def send(self, text: str, signature: bytes):
        return self.client.post("/auth/siwe/verify", json={"message": text, "signature": "0x" + signature.hex()})

    def sign_in(self, chain_id: int = 8453, key=None):
        text = self.text(chain_id)
        return self.send(text, self.signed(text, key))


@pytest.fixture
def undeployed(base, chain):
    account = SmartAccount(base, "")
    account.deployment = chain.deployment(account.owner.address, secrets.token_bytes(32))
    account.address = chain.address_of(account.deployment)
    return account


@pytest.fixture
def deployed(chain, undeployed):
    chain.deploy(undeployed.deployment)
    return undeployed


def refused(response, status: int, code: str) -> None:
    assert (response.status_code, response.json()["error"]) == (status, code), response.text


def expires_in(response) -> float:
    return (datetime.fromisoformat(response.json()["expiresAt"]) - datetime.now(UTC)).total_seconds()


def test_a_deployed_wallet_signs_in_for_an_hour(deployed):
    answer = deployed.sign_in()
    assert answer.status_code == 200, answer.text
    assert answer.json()["walletAddress"] == deployed.address.lower()
    assert 3_500 < expires_in(answer) <= 3_600


def test_the_old_challenge_takes_its_signature_as_well(deployed):
    challenge = deployed.client.get("/auth/challenge", params={"walletAddress": deployed.address}).json()
    signature = deployed.signed(challenge["message"])
    body = {"walletAddress": deployed.address, "nonce": challenge["nonce"], "signature": "0x" + signature.hex()}
    refused(deployed.client.post("/auth/verify", json=body | {"chainId": 10}), 401, "ADDRESS_MISMATCH")
    refused(deployed.client.post("/auth/verify", json=body | {"chainId": 5}), 400, "chain_not_served")
    assert deployed.client.post("/auth/verify", json=body).status_code == 200


def test_another_owner_is_refused(deployed):
    refused(deployed.sign_in(key=Account.create()), 401, "SIGNATURE_INVALID")


def test_a_wallet_of_one_chain_is_nobody_on_another(deployed):
    assert deployed.sign_in().status_code == 200
    refused(deployed.sign_in(chain_id=10), 401, "SIGNATURE_INVALID")


def test_a_wallet_that_is_not_deployed_signs_in_by_its_factory(chain, undeployed):
    text = undeployed.text()
    signature = undeployed.signed(text)
    refused(undeployed.send(text, signature), 401, "SIGNATURE_INVALID")
    wrapped = chain.wrap(undeployed.deployment, signature)
    assert undeployed.send(text, wrapped).status_code == 200
    assert chain.call("eth_getCode", undeployed.address, "latest") == "0x", "it was only simulated"


def test_a_wrapped_signature_still_works_once_it_is_deployed(chain, deployed):
    text = deployed.text()
    assert deployed.send(text, chain.wrap(deployed.deployment, deployed.signed(text))).status_code == 200


def test_a_wallet_that_must_be_prepared_first_is_asked_again(base, chain):
    """Says yes only after some other call was made to it."""
    code = "5f3560e01c631626ba7e14601457600160005500" + "5b600054601c57005b" + YES
    account = SmartAccount(base, chain.put(code))
    text = account.text()
    refused(account.send(text, b"\x01"), 401, "SIGNATURE_INVALID")
    wrapped = chain.wrap(b"\x01\x02\x03\x04", b"\x01", factory=account.address)
    assert account.send(text, wrapped).status_code == 200


@pytest.mark.parametrize("what", ["another owner", "another wallet's factory call", "a factory that is not one"])
def test_a_wrapper_that_does_not_fit_is_refused(chain, undeployed, what):
    text = undeployed.text()
    signature, deployment, factory = undeployed.signed(text), undeployed.deployment, None
    if what == "another owner":
        signature = undeployed.signed(text, Account.create())
    elif what == "another wallet's factory call":
        deployment = chain.deployment(undeployed.owner.address, secrets.token_bytes(32))
    else:
        factory = chain.implementation
    refused(undeployed.send(text, chain.wrap(deployment, signature, factory)), 401, "SIGNATURE_INVALID")


def test_a_wrapper_that_cannot_be_read_is_refused_without_asking(chain, undeployed):
    text = undeployed.text()
    wrapped = chain.wrap(undeployed.deployment, undeployed.signed(text))
    before = chain.calls("eth_call")
    nowhere = b"\xff" * 32
    for broken in (wrapped[32:], nowhere + wrapped[32:], wrapped[:32] + nowhere + wrapped[64:], wrapped[-32:]):
        refused(undeployed.send(text, broken), 401, "SIGNATURE_INVALID")
    assert chain.calls("eth_call") == before


def test_a_key_without_code_signs_in_and_its_signature_stays_here(base, chain):
    before = chain.calls("eth_call")
    account = SmartAccount(base, "")
    account.address = account.owner.address
    answer = account.sign_in()
    assert answer.status_code == 200 and expires_in(answer) > 80_000
    assert chain.calls("eth_call") == before


def test_an_account_that_delegates_signs_in_if_its_contract_says_so(base, chain):
    account = SmartAccount(base, "")
    account.address = account.owner.address
    assert account.sign_in().status_code == 200
    chain.delegate(account.address, account.owner.address)
    assert chain.call("eth_getCode", account.address, "latest").startswith("0xef0100")
    answer = account.sign_in()
    assert answer.status_code == 200 and expires_in(answer) <= 3_600


def test_the_key_of_a_delegating_account_does_not_pass_by_its_contract(base, chain):
    account = SmartAccount(base, "")
    account.address = account.owner.address
    other = Account.create()
    chain.delegate(account.address, other.address)
    refused(account.sign_in(), 401, "SIGNATURE_INVALID")
    assert account.sign_in(key=other).status_code == 200, "the contract's owner is whom it names"


def test_delegating_leads_to_the_wallet_it_was_before(base, chain):
    wallet = Wallet(base)
    wallet.login()
    wallet.draw(1_000_000)
    chain.delegate(wallet.address, wallet.address)
    account = SmartAccount(base, wallet.address)
    wallet.token = account.sign_in(key=wallet.account).json()["token"]
    assert wallet.balance() == 1_000_000


ROGUES = {
    "reverts": "60006000fd",
    "reverts with a megabyte": "621000006000fd",
    "returns a megabyte": "621000006000f3",
    "returns four gigabytes": "63ffffffff6000f3",
    "burns all gas": "5b600056",
    "is no code": "fe",
    "says yes at the wrong end": "631626ba7e60005260206000f3",
    "says yes in four bytes": "631626ba7e60e01b60005260046000f3",
    "says yes and something": "6001631626ba7e60e01b1760005260206000f3",
    "says 1": "600160005260206000f3",
    "says nothing": "00",
    "changes state first": "6001600055" + YES,
    "takes a call from nobody for a simulation": "32601457" + YES + "5b00",
    "calls itself without end": "60006000600060006000305af160005260206000f3",
}


@pytest.mark.parametrize("rogue", ROGUES)
def test_whatever_a_contract_does_is_a_no_or_a_yes(base, chain, rogue):
    account = SmartAccount(base, chain.put(ROGUES[rogue]))
    text = account.text()
    began = time.monotonic()
    refused(account.send(text, account.signed(text)), 401, "SIGNATURE_INVALID")
    assert time.monotonic() - began < BOUND_SECONDS


def test_a_yes_may_be_followed_by_a_megabyte(base, chain):
    account = SmartAccount(base, chain.put(YES.replace("60206000f3", "621000006000f3")))
    assert account.sign_in().status_code == 200


def test_the_digest_that_a_contract_is_asked_about_is_the_message_s(base, chain):
    """This contract says yes to one digest alone."""
    account = SmartAccount(base, Account.create().address)
    text = account.text()
    digest = _hash_eip191_message(encode_defunct(text=text))
    chain.put("6004357f" + digest.hex() + "14602957" + "00" + "5b" + YES, account.address)
    assert account.send(text, b"\x01").status_code == 200
    refused(account.sign_in(), 401, "SIGNATURE_INVALID")


@pytest.mark.parametrize("method", ["eth_chainId", "eth_getCode", "eth_call"])
@pytest.mark.parametrize("fault", ["errs", "hangs", "says nonsense", "names no result"])
def test_a_node_that_fails_is_unavailable_and_never_a_no(start_gateway, method, fault):
    chain = Chain()
    gateway = start_gateway(SEALGATE_CHAINS=chain.setting)
    account = SmartAccount(gateway, chain.put(YES))
    text = account.text()
    match fault:
        case "errs":
            chain.call("test_fail", method, 3)
        case "hangs":
            chain.call("test_hang", method)
        case "says nonsense":
            chain.call("test_answer", method, "0x1626ba7e")
        case _:
            chain.call("test_answer", method, 7)
    began = time.monotonic()
    answer = account.send(text, b"\x01")
    took = time.monotonic() - began
    if (method, fault) == ("eth_getCode", "says nonsense"):
        assert answer.status_code == 200, "these are bytes, so code stands there"
    else:
        refused(answer, 503, "signature_verification_unavailable")
        assert answer.headers["Retry-After"] == "5"
    assert took < BOUND_SECONDS
    chain.stop()
    gateway.close()


def test_a_node_that_is_down_is_unavailable_and_the_nonce_is_still_good(start_gateway):
    chain = Chain()
    gateway = start_gateway(SEALGATE_CHAINS=chain.setting)
    key = SmartAccount(gateway, "")
    key.address = key.owner.address
    text = key.text()
    chain.stop()
    for _ in range(2):
        refused(key.send(text, key.signed(text)), 503, "signature_verification_unavailable")
    gateway.close()


def test_a_node_of_another_chain_is_not_believed(start_gateway):
    chain = Chain(chain_id=10)
    gateway = start_gateway(SEALGATE_CHAINS=f"8453={chain.rpc}")
    account = SmartAccount(gateway, chain.put(YES))
    refused(account.sign_in(), 503, "signature_verification_unavailable")
    chain.stop()
    gateway.close()


def test_of_two_nodes_one_that_lies_gets_nobody_in(start_gateway):
    honest, liar = Chain(), Chain()
    gateway = start_gateway(SEALGATE_CHAINS=f"{honest.setting},{liar.setting}")
    victim = SmartAccount(gateway, Account.create().address)
    liar.put(YES, victim.address)
    refused(victim.sign_in(), 503, "signature_verification_unavailable")
    honest.put("60006000fd", victim.address)
    refused(victim.sign_in(), 503, "signature_verification_unavailable")
    for chain in (honest, liar):
        chain.stop()
    gateway.close()


def test_a_lying_node_does_not_get_into_the_wallet_of_a_key(start_gateway):
    """The one node says that code stands at a key's address, and that it agrees: another wallet opens, an empty one."""
    chain = Chain()
    gateway = start_gateway(SEALGATE_CHAINS=chain.setting)
    wallet = Wallet(gateway)
    wallet.login()
    wallet.draw(1_000_000)
    for code in (YES, "ef0100" + chain.put(YES)[2:]):
        chain.put(code, wallet.address)
        thief = SmartAccount(gateway, wallet.address)
        wallet.token = thief.sign_in().json()["token"]
        assert wallet.balance() == 0
    chain.stop()
    gateway.close()


def test_a_contract_does_not_act_through_another_gateway(deployed):
    """A peer would take the address for its key's."""
    headers = {"Authorization": f"Bearer {deployed.sign_in().json()['token']}"}
    answer = deployed.client.post("/api/auth/peer-token", json={"peer": "https://peer.example"}, headers=headers)
    refused(answer, 403, "login_required")


def test_selectors_are_what_they_are_called():
    assert selector("isValidSignature(bytes32,bytes)").hex() == "1626ba7e"
