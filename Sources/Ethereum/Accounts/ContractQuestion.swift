/// EIP-1271: what a contract is asked about a signature, and what answer means yes.
enum ContractQuestion {
    /// The selector of `isValidSignature(bytes32,bytes)`, and what it returns for a good signature.
    static let magic: [UInt8] = [0x16, 0x26, 0xBA, 0x7E]

    /// The call: the selector, the digest of 32 bytes, the signature.
    static func callData(digest: [UInt8], signature: [UInt8]) -> [UInt8] {
        precondition(digest.count == Word.byteCount, "a digest has 32 bytes")
        return magic + digest + ABI.word(2 * Word.byteCount) + ABI.tail(signature)
    }

    /// Whether the contract said yes: at least a word, its first four bytes the selector, the others zero.
    static func isYes(_ returned: [UInt8]) -> Bool {
        returned.count >= Word.byteCount && returned.starts(with: magic)
            && returned[4..<Word.byteCount].allSatisfy { $0 == 0 }
    }
}
