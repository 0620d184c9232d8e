import Cryptography

/// Which platform configuration registers of the SHA-256 bank count, 0 to 23.
public struct PCRSelection: Hashable, Sendable {
    /// The registers, in order, at least one.
    public let registers: [Int]

    /// A selection; nil if it is empty or names a register above 23.
    public init?(_ registers: some Sequence<Int>) {
        let sorted = Set(registers).sorted()
        guard let first = sorted.first, let last = sorted.last, first >= 0, last <= 23 else { return nil }
        self.registers = sorted
    }

    /// TPML_PCR_SELECTION.
    var bytes: [UInt8] {
        var list = TPMBytes()
        list.put(UInt32(1))
        list.put(TPMBytes.Code.sha256)
        var map: [UInt8] = [0, 0, 0]
        for register in registers { map[register / 8] |= 1 << UInt8(register % 8) }
        return list.bytes + [3] + map
    }

    /// The digest of PolicyPCR over these registers (part 3 section 23.7), which an authority signs: for values that a
    /// release will have. Nil unless there is a value of 32 bytes for each register.
    public func policyDigest(of values: [Int: [UInt8]]) -> [UInt8]? {
        var joined: [UInt8] = []
        for register in registers {
            guard let value = values[register], value.count == SHA256.digestBytes else { return nil }
            joined += value
        }
        var head = TPMBytes()
        head.put(TPMBytes.Code.policyPCR)
        return SHA256.hash([UInt8](repeating: 0, count: 32), head.bytes, bytes, SHA256.hash(joined))
    }
}
