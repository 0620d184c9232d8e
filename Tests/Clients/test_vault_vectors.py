"""The vault's golden vectors, computed once more by Python from the page in vault/ alone."""

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
VECTORS = HERE.parent / "VaultTests" / "Vectors"


@pytest.mark.parametrize("file", ["vault-envelope-v1.json", "vault-purposes.json"])
def test_the_written_form_is_enough_to_open_an_envelope(file):
    check = [sys.executable, str(HERE / "vault_envelope.py"), str(VECTORS / file)]
    result = subprocess.run(check, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
