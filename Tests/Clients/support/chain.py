"""A chain under test: its node runs the real EVM, and its contract wallets are Vyper's."""

import json
import sys
from pathlib import Path

import httpx
from eth_abi import encode
from eth_account import Account
from eth_utils import keccak, to_checksum_address

from .service import PATIENCE_SECONDS, Service

PROGRAM = Path(__file__).parents[2] / "Simulators" / "Chain" / "chain_node.py"
MAGIC = bytes.fromhex("6492" * 16)


def selector(signature: str) -> bytes:
    return keccak(text=signature)[:4]


class Chain:
    """A node of its own. `stop` takes it down; `port` brings another up at the same address."""

    def __init__(self, chain_id: int = 8453):
        options = ["--chain-id", str(chain_id), "--die-with-parent"]
        self.service = Service([sys.executable, str(PROGRAM), *options])
        said = json.loads(self.service.line(lambda line: line.startswith("{")))
        self.rpc: str = said["rpc"]
        self.chain_id: int = said["chainId"]
        self.implementation: str = said["implementation"]
        self.factory: str = said["factory"]
        self._client = httpx.Client(timeout=PATIENCE_SECONDS, trust_env=False)

    @property
    def setting(self) -> str:
        """What names this chain and this node in SEALGATE_CHAINS."""
        return f"{self.chain_id}={self.rpc}"

    def call(self, method: str, *parameters):
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
        answer = self._client.post(self.rpc, json=body).json()
        assert "error" not in answer, answer
        return answer["result"]

    def calls(self, method: str) -> int:
        return self.call("test_calls").get(method, 0)

    def put(self, code: str, address: str | None = None) -> str:
        """Code at an address, by default at a fresh one."""
        address = address or Account.create().address
        self.call("test_setCode", address, "0x" + code)
        return address

    def deployment(self, owner: str, salt: bytes) -> bytes:
        """The factory's call that deploys the owner's wallet."""
        return selector("deploy(address,bytes32)") + encode(["address", "bytes32"], [owner, salt])

    def address_of(self, deployment: bytes) -> str:
        """Where that call will put it."""
        call = {"to": self.factory, "data": "0x" + deployment.hex()}
        return to_checksum_address("0x" + self.call("eth_call", call, "latest")[-40:])

    def deploy(self, deployment: bytes) -> None:
        self.call("test_send", self.factory, "0x" + deployment.hex())

    def delegate(self, account: str, owner: str) -> None:
        """Lets the wallet's code speak for a key's account (EIP-7702), with this owner."""
        self.put("ef0100" + self.implementation[2:], account)
        self.call("test_send", account, "0x" + (selector("initialise(address)") + encode(["address"], [owner])).hex())

    def wrap(self, deployment: bytes, signature: bytes, factory: str | None = None) -> bytes:
        """ERC-6492."""
        parts = [factory or self.factory, deployment, signature]
        return encode(["address", "bytes", "bytes"], parts) + MAGIC

    def stop(self) -> None:
        self._client.close()
        self.service.stop()
