"""A node of a chain on loopback: the real EVM (py-evm, Prague rules) behind the few JSON-RPC methods of a login.

    python chain_node.py [--chain-id 8453] [--port 0] [--die-with-parent]

It has no blocks: calls of `test_` methods change one state, `eth_` methods look at it. Prints one JSON line once it
listens: rpc, chainId, implementation, factory. What only tests call:

    test_send [to, data]          runs a call for good and returns what it returned
    test_setCode [address, code]  puts code at an address
    test_fail [method, code]      answers a method with that error from then on; code null ends it
    test_hang [method]            never answers that method again, until the node ends
    test_answer [method, result]  answers a method with these words; null ends it
    test_calls []                 how often each method was called
"""

import argparse
import collections
import ctypes
import json
import pathlib
import signal
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from eth import constants
from eth._utils.address import generate_contract_address
from eth.chains.base import MiningChain
from eth.db.atomic import AtomicDB
from eth.vm.forks import PragueVM
from eth.vm.message import Message
from eth.vm.transaction_context import BaseTransactionContext
from eth_utils import to_canonical_address, to_checksum_address
from vyper import compile_code
from vyper.compiler.settings import Settings

CREATE_GAS, DATA_GAS, BASE_GAS = 32_000, 16, 21_000
GREATEST_GAS = 50_000_000
"""What nodes grant an eth_call unless told otherwise."""
DEPLOYER = to_canonical_address("0x" + "d0" * 20)


class Refusal(Exception):
    def __init__(self, code: int, message: str, data: bytes | None = None):
        super().__init__(message)
        self.error = {"code": code, "message": message} | ({} if data is None else {"data": "0x" + data.hex()})


def raw(text: str | None) -> bytes:
    return bytes.fromhex(text[2:]) if text else b""


class Machine:
    """The one state, and calls in it."""

    def __init__(self, chain_id: int):
        rules = MiningChain.configure("Rules", vm_configuration=((0, PragueVM),), chain_id=chain_id)
        genesis = {
            "difficulty": 0,
            "gas_limit": 100_000_000,
            "timestamp": 1_700_000_000,
            "coinbase": constants.ZERO_ADDRESS,
        }
        self.state = rules.from_genesis(AtomicDB(), genesis, {}).get_vm().state

    def run(self, sender: bytes, to: bytes, data: bytes, gas: int, keep: bool):
        """One call as a transaction would make it; without `to` the data are init code, as in a creation."""
        gas -= BASE_GAS + DATA_GAS * len(data) + (0 if to else CREATE_GAS)
        if gas < 0:
            raise Refusal(-32000, "intrinsic gas too low")
        context = BaseTransactionContext(gas_price=0, origin=sender)
        snapshot = self.state.snapshot()
        computations = self.state.computation_class
        if to:
            code, _ = self.code_of(to)
            message = Message(gas, to, sender, 0, data, code, code_address=to)
            done = computations.apply_message(self.state, message, context)
        else:
            new = generate_contract_address(sender, self.state.get_nonce(sender))
            self.state.increment_nonce(sender)
            message = Message(gas, constants.CREATE_CONTRACT_ADDRESS, sender, 0, b"", data, create_address=new)
            done = computations.apply_create_message(self.state, message, context)
        if keep and not done.is_error:
            self.state.commit(snapshot)
        else:
            self.state.revert(snapshot)
        if done.is_error:
            raise Refusal(3, "execution reverted", done.output) if done.output else Refusal(-32000, str(done.error))
        return done

    def code_of(self, address: bytes) -> tuple[bytes, bytes]:
        code = self.state.get_code(address)
        if code.startswith(b"\xef\x01\x00"):
            return self.state.get_code(code[3:]), code
        return code, code

    def deploy(self, name: str, arguments: bytes = b"") -> bytes:
        source = pathlib.Path(__file__).with_name(f"{name}.vy").read_text()
        settings = Settings(evm_version="cancun")
        code = raw(compile_code(source, output_formats=["bytecode"], settings=settings)["bytecode"])
        return self.run(DEPLOYER, b"", code + arguments, GREATEST_GAS, keep=True).msg.storage_address


class Node:
    def __init__(self, chain_id: int):
        self.machine = Machine(chain_id)
        self.implementation = self.machine.deploy("wallet")
        self.factory = self.machine.deploy("factory", self.implementation.rjust(32, b"\0"))
        self.calls: collections.Counter[str] = collections.Counter()
        self.errors: dict[str, int] = {}
        self.answers: dict[str, object] = {}
        self.hanging: set[str] = set()
        self.ending = threading.Event()
        self.lock = threading.Lock()
        self.methods = {
            "eth_chainId": lambda: hex(chain_id),
            "eth_getCode": lambda address, _: "0x" + self.machine.code_of(to_canonical_address(address))[1].hex(),
            "eth_call": self.eth_call,
            "test_send": self.test_send,
            "test_setCode": self.test_set_code,
            "test_fail": lambda method, code: self.toggle(self.errors, method, code),
            "test_answer": lambda method, result: self.toggle(self.answers, method, result),
            "test_hang": self.hanging.add,
            "test_calls": lambda: dict(self.calls),
        }

    def eth_call(self, call: dict, _: str) -> str:
        sender = to_canonical_address(call.get("from") or "0x" + "00" * 20)
        to = to_canonical_address(call["to"]) if call.get("to") else b""
        gas = min(int(call["gas"], 16) if "gas" in call else GREATEST_GAS, GREATEST_GAS)
        return "0x" + self.machine.run(sender, to, raw(call.get("data")), gas, keep=False).output.hex()

    def test_send(self, to: str, data: str) -> str:
        done = self.machine.run(DEPLOYER, to_canonical_address(to), raw(data), GREATEST_GAS, keep=True)
        return "0x" + done.output.hex()

    def test_set_code(self, address: str, code: str) -> None:
        self.machine.state.set_code(to_canonical_address(address), raw(code))

    @staticmethod
    def toggle(table: dict, method: str, value) -> None:
        table.pop(method, None)
        if value is not None:
            table[method] = value

    def answer(self, method: str, parameters: list):
        if method in self.hanging:
            self.ending.wait()
        with self.lock:
            self.calls[method] += 1
            if method in self.errors:
                raise Refusal(self.errors[method], "told to")
            if method in self.answers:
                return self.answers[method]
            if method not in self.methods:
                raise Refusal(-32601, f"the method {method} does not exist")
            return self.methods[method](*parameters)


def handler(node: Node) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            call = json.loads(self.rfile.read(int(self.headers["content-length"])))
            answer = {"jsonrpc": "2.0", "id": call.get("id")}
            try:
                answer["result"] = node.answer(call["method"], call.get("params") or [])
            except Refusal as refusal:
                answer["error"] = refusal.error
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Keeps the test's output to itself."""

    return Handler


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--chain-id", type=int, default=8453)
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--die-with-parent", action="store_true")
    chosen = options.parse_args()
    if chosen.die_with_parent:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    node = Node(chosen.chain_id)
    server = ThreadingHTTPServer(("127.0.0.1", chosen.port), handler(node))
    server.daemon_threads = True
    said = {
        "rpc": f"http://127.0.0.1:{server.server_port}",
        "chainId": chosen.chain_id,
        "implementation": to_checksum_address(node.implementation),
        "factory": to_checksum_address(node.factory),
    }
    print(json.dumps(said), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
