"""The disk is full: requests that must be recorded are refused, nothing is lost, and all goes on once there is room."""

import os
from pathlib import Path

import pytest

from support.gateway import Gateway
from support.wallet import Wallet

DISK_BYTES = 8 << 20


@pytest.fixture
def disk(tmp_path):
    """A small disk that only the gateway sees. It is gone with its last process."""
    folder = tmp_path / "disk"
    folder.mkdir()
    return folder


@pytest.fixture
def small_gateway(disk, simulator):
    namespaces = ["--mount"] if os.geteuid() == 0 else ["--mount", "--user", "--map-root-user"]
    mount = f'mount -t tmpfs -o size={DISK_BYTES},mode=0700 tmpfs "$0" && exec "$@"'
    gateway = Gateway(disk, simulator.address, wrapper=["unshare", *namespaces, "sh", "-c", mount, str(disk)])
    yield gateway
    gateway.close()


def fill(gateway: Gateway) -> Path:
    """Takes all room on the gateway's disk; gives the file that holds it."""
    filler = Path(f"/proc/{gateway.pid}/root{gateway.data}/filler")
    with open(filler, "wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            try:
                while file.write(b"\0" * size) == size:
                    pass
            except OSError:
                continue
    return filler


def test_a_full_disk_refuses_writes_and_loses_nothing(small_gateway, simulator):
    wallet = Wallet.ready(small_gateway)
    session = wallet.open_session()
    paid = int(wallet.chat(session, "Say hello.")[-1]["data"]["costRaw"])
    calls = simulator.started

    filler = fill(small_gateway)
    for attempt in range(3):
        response = wallet.request("POST", "/wallet/faucet", json={"amount": "1000000"})
        assert (response.status_code, response.json()["error"]) == (503, "storage_unavailable"), response.text
        response = wallet.refused_chat(session, f"Attempt {attempt}.")
        assert (response.status_code, response.json()["error"]) == (503, "storage_unavailable"), response.text
    assert simulator.started == calls
    assert wallet.balance() == 5_000_000 - paid

    filler.unlink()
    wallet.draw(1_000_000)
    paid += int(wallet.chat(session, "Say hello again.")[-1]["data"]["costRaw"])
    assert wallet.balance() == 6_000_000 - paid == wallet.book_balance()
