# pragma version ^0.4.0
# A contract wallet with one owner key (EIP-1271). Deployed by the factory as a proxy, so it is set up by a call.
owner: public(address)

@external
def initialise(owner: address):
    assert self.owner == empty(address)
    self.owner = owner

@view
@external
def isValidSignature(digest: bytes32, signature: Bytes[1024]) -> bytes4:
    if len(signature) != 65:
        return 0xffffffff
    v: uint8 = convert(slice(signature, 64, 1), uint8)
    r: bytes32 = convert(slice(signature, 0, 32), bytes32)
    s: bytes32 = convert(slice(signature, 32, 32), bytes32)
    signer: address = ecrecover(digest, v, r, s)
    if signer != empty(address) and signer == self.owner:
        return 0x1626ba7e
    return 0xffffffff
