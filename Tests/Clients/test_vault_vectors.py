"""The vault's golden vectors, computed once more by Python from the page in vault/ alone."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
VECTORS = HERE.parent / "VaultTests" / "Vectors" / "vault-envelope-v1.json"


def test_the_written_form_is_enough_to_open_an_envelope():
    check = [sys.executable, str(HERE / "vault_envelope.py"), str(VECTORS)]
    result = subprocess.run(check, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
