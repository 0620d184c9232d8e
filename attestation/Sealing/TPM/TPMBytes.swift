/// Writes the structures of TPM 2.0 (TCG TPM 2.0 Library, part 2) as their bytes, big endian.
struct TPMBytes {
    /// Algorithms, curves and attributes that occur here (part 2 sections 6.3, 6.4, 8.3).
    enum Code {
        static let aes: UInt16 = 0x0006
        static let keyedHash: UInt16 = 0x0008
        static let sha256: UInt16 = 0x000B
        static let null: UInt16 = 0x0010
        static let ecdsa: UInt16 = 0x0018
        static let ecc: UInt16 = 0x0023
        static let cfb: UInt16 = 0x0043
        static let p256: UInt16 = 0x0003
        static let policyAuthorize: UInt32 = 0x0000_016A
        static let policyPCR: UInt32 = 0x0000_017F
        /// fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, noDA, restricted, decrypt.
        static let storageKey: UInt32 = 0x0003_0472
        /// fixedTPM, fixedParent, noDA: nothing but the policy opens it.
        static let sealedData: UInt32 = 0x0000_0412
        /// userWithAuth, sign.
        static let verificationKey: UInt32 = 0x0004_0040
    }

    private(set) var bytes: [UInt8] = []

    mutating func put(_ value: UInt16) { bytes += [UInt8(value >> 8), UInt8(value & 0xFF)] }

    mutating func put(_ value: UInt32) {
        put(UInt16(value >> 16))
        put(UInt16(value & 0xFFFF))
    }

    /// A TPM2B: length, then content.
    mutating func put(sized content: [UInt8]) {
        put(UInt16(content.count))
        bytes += content
    }

    /// A TPM2B around what `write` writes.
    static func sized(_ write: (inout TPMBytes) -> Void) -> [UInt8] {
        var inner = TPMBytes()
        write(&inner)
        var outer = TPMBytes()
        outer.put(sized: inner.bytes)
        return outer.bytes
    }

    /// TPM2B_PUBLIC of the storage key: an ECC P-256 primary, derived anew each time from the owner's seed.
    static let storageKey = sized { area in
        area.put(Code.ecc)
        area.put(Code.sha256)
        area.put(Code.storageKey)
        area.put(sized: [])
        for code in [Code.aes, 128, Code.cfb, Code.null, Code.p256, Code.null] { area.put(code) }
        area.put(sized: [])
        area.put(sized: [])
    }

    /// TPM2B_PUBLIC of sealed data under a policy.
    static func sealedData(policy: [UInt8]) -> [UInt8] {
        sized { area in
            area.put(Code.keyedHash)
            area.put(Code.sha256)
            area.put(Code.sealedData)
            area.put(sized: policy)
            area.put(Code.null)
            area.put(sized: [])
        }
    }
}
