/// A program that a node runs in one `eth_call` without deploying it: it asks a contract about a signature (EIP-1271),
/// makes the call that deploys or prepares the contract if that is needed and allowed (ERC-6492), and asks again.
///
/// It runs inside the chain's own machine so that a wallet that reverts, burns gas or returns a megabyte is a plain no:
/// the program bounds the gas of each step and looks at one word of what comes back. It never reverts, so an error from
/// the node is never the wallet's doing.
///
/// ```
/// data of the call: the program, then
///   32  account     left-padded
///   32  factory     left-padded; zero without a wrapper
///   32  p           length of the preparing call's data
///   32  prepare?    1 with a wrapper
///    p  the preparing call's data
///    *  the call of isValidSignature
/// answer: one word, 1 for yes and 0 for no
/// ```
enum SignatureProbe {
    /// Gas of one question. Three million is ten times what a passkey's signature costs where the chain has no
    /// instruction for its curve.
    static let questionGas = 3_000_000
    /// Gas of the preparing call: the deployment of a wallet with its proxies and modules.
    static let preparationGas = 6_000_000
    /// Gas of the whole `eth_call`: two questions, one preparation, and what the program itself needs. Below the 2^24
    /// to which a transaction is limited (EIP-7825).
    static let gas = 14_000_000

    /// Memory: 0x00 what the contract returned, from 0x20 on the data that follow the program.
    static let program: [UInt8] = [
        0x60, 0x71, 0x38, 0x03,  // 00  PUSH1 end, CODESIZE, SUB: how much follows
        0x60, 0x71, 0x60, 0x20, 0x39,  // 04  PUSH1 end, PUSH1 0x20, CODECOPY
        0x5B,  // 09  check: JUMPDEST
        0x60, 0x20, 0x60, 0x00,  // 0a  PUSH1 0x20, PUSH1 0x00: a word of the answer, to 0x00
        0x60, 0x60, 0x51, 0x60, 0xF1, 0x38, 0x03, 0x03,  // 0e  length: CODESIZE - (end + 0x80) - p
        0x60, 0x60, 0x51, 0x60, 0xA0, 0x01,  // 16  start: 0xa0 + p
        0x60, 0x20, 0x51,  // 1c  the account
        0x62, 0x2D, 0xC6, 0xC0, 0xFA,  // 1f  PUSH3 questionGas, STATICCALL
        0x60, 0x1F, 0x3D, 0x11, 0x16,  // 24  and RETURNDATASIZE > 31
        0x63, 0x16, 0x26, 0xBA, 0x7E, 0x60, 0xE0, 0x1B,  // 29  PUSH4 magic, PUSH1 224, SHL
        0x60, 0x00, 0x51, 0x14, 0x16,  // 31  and the word is the magic
        0x60, 0x66, 0x57,  // 36  PUSH1 yes, JUMPI
        0x60, 0x80, 0x51, 0x60, 0x49, 0x57,  // 39  prepare?, PUSH1 prepare, JUMPI
        0x60, 0x00, 0x60, 0x00, 0x52, 0x60, 0x20, 0x60, 0x00, 0xF3,  // 3f  return 0
        0x5B,  // 49  prepare: JUMPDEST
        0x60, 0x00, 0x60, 0x80, 0x52,  // 4a  never twice: prepare? = 0
        0x60, 0x00, 0x60, 0x00, 0x60, 0x60, 0x51,  // 4f  nothing of the answer; p
        0x60, 0xA0, 0x60, 0x00, 0x60, 0x40, 0x51,  // 56  from 0xa0, no value, the factory
        0x62, 0x5B, 0x8D, 0x80, 0xF1, 0x50,  // 5d  PUSH3 preparationGas, CALL, POP: if it failed, so will the check
        0x60, 0x09, 0x56,  // 63  PUSH1 check, JUMP
        0x5B,  // 66  yes: JUMPDEST
        0x60, 0x01, 0x60, 0x00, 0x52, 0x60, 0x20, 0x60, 0x00, 0xF3,  // 67  return 1
    ]

    /// The data of the call.
    static func callData(account: Address, digest: [UInt8], signature: DeployableSignature) -> [UInt8] {
        let preparation = signature.preparation
        let prepared = preparation?.callData ?? []
        var data = program + Word.padded(account.bytes) + Word.padded(preparation?.factory.bytes ?? [])
        data += ABI.word(prepared.count) + ABI.word(preparation == nil ? 0 : 1) + prepared
        return data + ContractQuestion.callData(digest: digest, signature: signature.signature)
    }

    /// What the program said; nil if that is not its answer, so that the node did not run it.
    static func verdict(_ returned: [UInt8]) -> Bool? {
        switch returned {
        case ABI.word(0): false
        case ABI.word(1): true
        default: nil
        }
    }
}
