/// A signature for a contract that may not be deployed yet (ERC-6492): what has to be called first, and the signature
/// that the contract is then asked about.
struct DeployableSignature: Hashable, Sendable {
    /// What is called first, and with what. Chosen by whoever signs: only ever simulated, never sent.
    struct Preparation: Hashable, Sendable {
        let factory: Address
        let callData: [UInt8]
    }

    /// Nil for a signature without wrapper.
    let preparation: Preparation?
    /// What EIP-1271 is asked about.
    let signature: [UInt8]

    /// The last 32 bytes of a wrapped signature.
    static let magic: [UInt8] = Array(repeating: [0x64, 0x92], count: 16).flatMap { $0 }

    /// Whether it claims to be wrapped. Looked at before anything else, as the standard says.
    static func isWrapped(_ signature: [UInt8]) -> Bool {
        signature.count >= magic.count && signature.suffix(magic.count).elementsEqual(magic)
    }

    /// A signature without wrapper.
    init(plain signature: [UInt8]) {
        preparation = nil
        self.signature = signature
    }

    /// Opens a wrapper: `(address factory, bytes callData, bytes signature)` and the magic. Nil if it cannot be read.
    init?(wrapped bytes: [UInt8]) {
        guard DeployableSignature.isWrapped(bytes) else { return nil }
        let data = Array(bytes.dropLast(DeployableSignature.magic.count))
        guard let factory = ABI.address(in: data, at: 0), let callData = ABI.bytes(in: data, at: 1),
            let signature = ABI.bytes(in: data, at: 2)
        else { return nil }
        preparation = Preparation(factory: factory, callData: callData)
        self.signature = signature
    }
}
