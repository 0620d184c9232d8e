# pragma version ^0.4.0
# Deploys wallets at addresses that are known before: a minimal proxy by CREATE2, its salt made with the owner.
interface Wallet:
    def initialise(owner: address): nonpayable

implementation: address

@deploy
def __init__(implementation: address):
    self.implementation = implementation

@external
def deploy(owner: address, salt: bytes32) -> address:
    bound: bytes32 = keccak256(concat(convert(owner, bytes32), salt))
    wallet: address = create_minimal_proxy_to(self.implementation, salt=bound)
    extcall Wallet(wallet).initialise(owner)
    return wallet
