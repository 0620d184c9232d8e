"""Checks the vault's golden vectors with code that was written from vault/README.md alone.

    python3 vault_envelope.py vault-envelope-v1.json            compares; exit status 1 on any difference
    python3 vault_envelope.py --write vault-envelope-v1.json    fills in the outputs from the inputs

The same for vault-purposes.json. `audit_hash` and `check_chain` recompute a wallet's log.

Needs PyPI `cryptography` and `eth-account`.
"""

import hashlib
import hmac
import json
import struct
import sys

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from eth_account import Account
from eth_account.messages import encode_defunct, encode_typed_data

SECP256K1_HALF_N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141 // 2


def hmac_sha256(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def extract(salt, material):
    return hmac_sha256(salt, material)


def expand(key, info, count):
    """RFC 5869 section 2.3, for at most one block."""
    assert count <= 32
    return hmac_sha256(key, info + b"\x01")[:count]


def length_prefixed(*fields):
    return b"".join(struct.pack(">H", len(field)) + field for field in fields)


def vault_text(origin, address, epoch):
    return (
        f"Unlock your provider vault on Sealgate at {origin}\n"
        "\n"
        f"Wallet: {address}\n"
        "Purpose: derive-provider-vault-key\n"
        "Version: 1\n"
        f"Epoch: {epoch}\n"
        "\n"
        "Signing this text only unlocks the provider keys that you saved there, for this session. It sends no "
        "transaction and moves no funds. Whoever has the signature can open those keys: never sign this text for "
        "another site.")


TAGS = {
    "provider": ("derive-provider-vault-key", "provider vault", "provider keys", "keys"),
    "mcp": ("derive-mcp-secrets-key", "MCP secrets", "MCP secrets", "secrets"),
    "agent": ("derive-agent-secrets-key", "agent secrets", "agent secrets", "secrets"),
}
KINDS = {"personal_sign": b"\x01", "eip712": b"\x02"}


def purpose_text(origin, address, purpose, epoch):
    """The text of any purpose; for provider keys it is that of `vault_text`."""
    tag, subject, belongings, things = TAGS[purpose]
    return (
        f"Unlock your {subject} on Sealgate at {origin}\n"
        "\n"
        f"Wallet: {address}\n"
        f"Purpose: {tag}\n"
        "Version: 1\n"
        f"Epoch: {epoch}\n"
        "\n"
        f"Signing this text only unlocks the {belongings} that you saved there, for this session. It sends no "
        f"transaction and moves no funds. Whoever has the signature can open those {things}: never sign this text for "
        "another site.")


def typed_data(origin, address, purpose, epoch, chain_id):
    tag, _, belongings, _ = TAGS[purpose]
    members = [("origin", "string"), ("wallet", "address"), ("purpose", "string"), ("epoch", "uint256"),
               ("notice", "string")]
    return {
        "types": {
            "EIP712Domain": [
                {"name": "name", "type": "string"}, {"name": "version", "type": "string"},
                {"name": "chainId", "type": "uint256"}],
            "VaultUnlock": [{"name": name, "type": kind} for name, kind in members],
        },
        "primaryType": "VaultUnlock",
        "domain": {"name": "Sealgate", "version": "1", "chainId": chain_id},
        "message": {
            "origin": origin, "wallet": address, "purpose": tag, "epoch": epoch,
            "notice": f"Only unlocks the {belongings} that you saved at this origin. Never sign this for another "
                      "site."},
    }


def derive_purpose(vector):
    """Every output of a vector of vault-purposes.json: any purpose, either way of signing, or none."""
    purpose, kind, name = vector["purpose"], vector["kind"], vector["name"]
    epoch, index_key = struct.pack(">I", vector["epoch"]), bytes.fromhex(vector["indexKey"])
    salt, nonce = bytes.fromhex(vector["salt"]), bytes.fromhex(vector["nonce"])
    wallet = Account.from_key(bytes.fromhex(vector["privateKey"]))
    address = wallet.address.lower()
    index = hmac_sha256(index_key, b"sealgate/vault-index/v1" + bytes.fromhex(address[2:]))
    outputs = {"address": address, "vaultIndex": index.hex()}
    if kind is None:
        root = bytes.fromhex(vector["unsignedKey"])
        vault_key = expand(root, length_prefixed(b"sealgate/vault-unsigned/v1", index, purpose.encode()), 32)
    else:
        if kind == "eip712":
            data = typed_data(vector["origin"], address, purpose, vector["epoch"], vector["chainId"])
            message = encode_typed_data(full_message=data)
        else:
            message = encode_defunct(text=purpose_text(vector["origin"], address, purpose, vector["epoch"]))
        signed = wallet.sign_message(message)
        assert int.from_bytes(signed.signature[32:64], "big") <= SECP256K1_HALF_N
        if (purpose, kind) == ("provider", "personal_sign"):
            info = length_prefixed(b"sealgate/vault-key/v1", index, epoch)
        else:
            info = length_prefixed(b"sealgate/vault-key/v2", index, epoch, purpose.encode(), KINDS[kind])
        vault_key = expand(extract(b"sealgate/vault/v1", signed.signature[:64]), info, 32)
        outputs |= {"digest": signed.message_hash.hex().removeprefix("0x"), "signature": bytes(signed.signature).hex()}
    label = name if purpose == "provider" else f"{purpose}/{name}"
    check_key = expand(vault_key, b"sealgate/vault-check/v1", 32)
    check = hmac_sha256(check_key, length_prefixed(b"sealgate/vault-check/v1", index, label.encode(), epoch))
    root = extract(salt, vault_key)
    associated = length_prefixed(b"\x01", b"\x01", index, label.encode(), epoch)
    sealed = AESGCM(expand(root, b"sealgate/vault-record/v1/encrypt", 32)).encrypt(
        nonce, vector["plaintext"].encode(), associated)
    commitment = expand(root, b"sealgate/vault-record/v1/commit", 32)
    place = hmac_sha256(
        index_key,
        length_prefixed(b"sealgate/vault-place/v1", index, label.encode(), b"\x00" if kind is None else b"\x01"))
    return outputs | {
        "vaultKey": vault_key.hex(), "check": check.hex(), "associated": associated.hex(),
        "envelope": (b"\x01\x01" + epoch + salt + nonce + commitment + sealed).hex(),
        "place": f"{index.hex()}/{place.hex()}"}


def audit_hash(entry):
    """The hash of one row of GET /wallet/vault-audit."""
    return hashlib.sha256(length_prefixed(
        b"sealgate/vault-audit/v1", struct.pack(">q", entry["sequence"]), bytes.fromhex(entry["previous"]),
        struct.pack(">q", entry["atUnixMicroseconds"]), entry["action"].encode(), entry["subject"].encode(),
        entry["grant"].encode())).hexdigest()


def check_chain(entries, head):
    """What is wrong with a whole log; empty if nothing is."""
    wrong = []
    for number, entry in enumerate(entries, 1):
        if entry["sequence"] != number:
            wrong.append(f"row {number} is numbered {entry['sequence']}")
        if entry["hash"] != audit_hash(entry):
            wrong.append(f"row {number} is not what was hashed")
        if number > 1 and entry["previous"] != entries[number - 2]["hash"]:
            wrong.append(f"row {number} does not follow row {number - 1}")
    last = entries[-1] if entries else {"sequence": 0, "hash": ""}
    if (head["sequence"], head["hash"]) != (last["sequence"], last["hash"]):
        wrong.append("the log does not end where its head is")
    return wrong


def derive(vector):
    """Every output of a vector from its inputs."""
    if "purpose" in vector:
        return derive_purpose(vector)
    epoch = struct.pack(">I", vector["epoch"])
    salt, nonce = bytes.fromhex(vector["salt"]), bytes.fromhex(vector["nonce"])
    wallet = Account.from_key(bytes.fromhex(vector["privateKey"]))
    address = wallet.address.lower()
    text = vault_text(vector["origin"], address, vector["epoch"])
    signature = wallet.sign_message(encode_defunct(text=text)).signature
    assert len(signature) == 65 and int.from_bytes(signature[32:64], "big") <= SECP256K1_HALF_N

    index = hmac_sha256(
        bytes.fromhex(vector["indexKey"]), b"sealgate/vault-index/v1" + bytes.fromhex(address[2:]))
    vault_key = expand(
        extract(b"sealgate/vault/v1", signature[:64]),
        length_prefixed(b"sealgate/vault-key/v1", index, epoch), 32)
    root = extract(salt, vault_key)
    record_key = expand(root, b"sealgate/vault-record/v1/encrypt", 32)
    commitment = expand(root, b"sealgate/vault-record/v1/commit", 32)
    associated = length_prefixed(b"\x01", b"\x01", index, vector["provider"].encode(), epoch)
    sealed = AESGCM(record_key).encrypt(nonce, vector["plaintext"].encode(), associated)
    envelope = b"\x01\x01" + epoch + salt + nonce + commitment + sealed
    return {
        "address": address, "text": text, "signature": bytes(signature).hex(), "vaultIndex": index.hex(),
        "vaultKey": vault_key.hex(), "recordKey": record_key.hex(), "commitment": commitment.hex(),
        "associated": associated.hex(), "envelope": envelope.hex()}


def open_envelope(envelope, vault_key, index, provider, epoch):
    """The text of an envelope, or None if it does not open here."""
    if envelope[:2] != b"\x01\x01" or not 99 <= len(envelope) <= 98 + 4096:
        return None
    if struct.unpack(">I", envelope[2:6])[0] != epoch:
        return None
    salt, nonce, commitment, sealed = envelope[6:38], envelope[38:50], envelope[50:82], envelope[82:]
    root = extract(salt, vault_key)
    if not hmac.compare_digest(expand(root, b"sealgate/vault-record/v1/commit", 32), commitment):
        return None
    associated = length_prefixed(b"\x01", b"\x01", index, provider.encode(), struct.pack(">I", epoch))
    try:
        return AESGCM(expand(root, b"sealgate/vault-record/v1/encrypt", 32)).decrypt(nonce, sealed, associated)
    except InvalidTag:
        return None


def differences(vector):
    """What of a vector does not follow from its inputs, or opens where it must not."""
    found = [name for name, value in derive(vector).items() if vector.get(name) != value]
    if found:
        return found
    if "purpose" in vector:
        vector = vector | {
            "provider": vector["name"] if vector["purpose"] == "provider" else f"{vector['purpose']}/{vector['name']}"}
    envelope = bytes.fromhex(vector["envelope"])
    key, index = bytes.fromhex(vector["vaultKey"]), bytes.fromhex(vector["vaultIndex"])
    place = (key, index, vector["provider"], vector["epoch"])
    if open_envelope(envelope, *place) != vector["plaintext"].encode():
        found.append("does not open")
    for offset in range(len(envelope)):
        altered = bytearray(envelope)
        altered[offset] ^= 1
        if open_envelope(bytes(altered), *place) is not None:
            found.append(f"opens with byte {offset} altered")
    return found


def main(arguments):
    write = arguments[:1] == ["--write"]
    path = arguments[-1] if arguments else sys.exit(__doc__)
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    if write:
        for vector in document["vectors"]:
            vector.update(derive(vector))
        with open(path, "w", encoding="utf-8") as file:
            json.dump(document, file, indent=2)
            file.write("\n")
    failed = 0
    for vector in document["vectors"]:
        found = differences(vector)
        failed += bool(found)
        print(f"{vector['id']}: {', '.join(found) if found else 'same'}")
    print(f"{len(document['vectors']) - failed} of {len(document['vectors'])} vectors reproduced")
    return 1 if failed or not document["vectors"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
