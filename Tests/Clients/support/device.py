"""A simulated SEV-SNP guest: its device is a file, and its root is nobody's but the test's."""

import hashlib
import socket
from pathlib import Path

from .service import PROGRAMS, Service


class Device:
    def __init__(self, folder: Path, *options: str):
        self.path, self._control, root = folder / "sev-guest", folder / "control", folder / "root.der"
        self.path.touch()
        # Beside the programs, because the authorities' keys take seconds to make.
        keys = PROGRAMS / "fixture-keys"
        keys.mkdir(exist_ok=True)
        command = [PROGRAMS / "sev-guest-simulator", "--sev-guest", self.path, "--control", self._control]
        command += ["--write-root", root, "--keys", keys, "--die-with-parent", *options]
        self.service = Service([str(word) for word in command])
        self.service.line(lambda line: line == "ready")
        self.root_sha256 = hashlib.sha256(root.read_bytes()).hexdigest()

    @property
    def settings(self) -> dict[str, str]:
        """What leads a gateway to this device, and to nobody else."""
        return {
            "SEALGATE_SEV_DEVICE": "sev-guest",
            "SEALGATE_SEV_GUEST_PATH": str(self.path),
            "SEALGATE_KDS_URL": "off",
            "SEALGATE_MEASUREMENT_COVERS": "image",
        }

    def tell(self, line: str) -> str:
        """Changes the running machine; its words are listed by `sev-guest-simulator`."""
        with socket.socket(socket.AF_UNIX) as caller:
            caller.connect(str(self._control))
            caller.sendall(line.encode() + b"\n")
            return caller.recv(256).decode().strip()

    def stop(self) -> None:
        self.service.stop()
