public import Cryptography

/// Secrets by which texts are searched. It holds none of them: of each form a value can take it keeps the length, the
/// first byte, 16 bits over the first four, and salted digests of its first half and of the whole. So it may live as
/// long as a stream, outside of secret memory, of which there is little.
public struct KnownValues: Sendable {
    /// Shorter values are not looked for: they would be found in every text.
    public static let leastBytes = 4
    /// None.
    public static let none = KnownValues([], salt: [])

    private struct Form: Sendable {
        let length: Int
        let first: UInt8
        let probe: UInt16
        let digest: [UInt8]
        let halfDigest: [UInt8]
        let name: String

        var half: Int { (length + 1) / 2 }
    }

    /// Longest first.
    private let forms: [Form]
    private let salt: [UInt8]
    private let multiplier: UInt32
    /// The bytes with which a form begins.
    let beginnings: Set<UInt8>

    /// Values under the names that stand for them, `ANTHROPIC_API_KEY`. `salt` is 16 unpredictable bytes.
    public init(_ values: [(name: String, value: Secret)], salt: [UInt8]) {
        let multiplier = salt.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) } | 1
        var found: [Form] = []
        for (name, value) in values where value.count >= KnownValues.leastBytes {
            value.withBytes { bytes in
                SecretForms(value: bytes).each { form in
                    var form = form
                    defer { Wipe.bytes(&form) }
                    let made = form.withUnsafeBytes { bytes in
                        Form(
                            length: bytes.count, first: bytes[0], probe: KnownValues.probe(bytes, multiplier),
                            digest: KnownValues.digest(bytes, salt),
                            halfDigest: KnownValues.digest(bytes.first((bytes.count + 1) / 2), salt), name: name)
                    }
                    if !found.contains(where: { $0.digest == made.digest }) { found.append(made) }
                }
            }
        }
        forms = found.sorted { $0.length > $1.length }
        beginnings = Set(found.map(\.first))
        self.salt = salt
        self.multiplier = multiplier
    }

    /// The longest form of a value; 0 if there is none.
    public var longestBytes: Int { forms.first?.length ?? 0 }

    /// Whether `text` begins with a value. The longest one wins, so a shorter one has to wait until a longer one is
    /// out of the question. Where nothing more comes (`isLast`), the first half of a value counts as the value: an
    /// answer may have been cut off in the middle of it.
    func sighting(in text: UnsafeRawBufferPointer, isLast: Bool) -> Sighting {
        var showing: Int?
        for form in forms where form.first == text[0] {
            if text.count >= KnownValues.leastBytes, KnownValues.probe(text, multiplier) != form.probe { continue }
            if text.count >= form.half, !isBeginning(form.half, of: text, form.halfDigest) { continue }
            if text.count >= form.length {
                guard isBeginning(form.length, of: text, form.digest) else { continue }
                // A longer one may still come, and takes this one along.
                if let showing { return .open(showing: min(showing, form.length / 2)) }
                return .secret(count: form.length, name: form.name, run: nil)
            }
            if !isLast {
                showing = min(showing ?? .max, form.length / 2, KnownValues.mostShown)
            } else if text.count >= max(form.half, KnownValues.leastBytes) {
                return .secret(count: text.count, name: form.name, run: nil)
            }
        }
        return showing.map { .open(showing: $0) } ?? .nothing
    }

    /// The most of a value's beginning that is shown while it is not clear yet what comes.
    static let mostShown = 8

    private func isBeginning(_ count: Int, of text: UnsafeRawBufferPointer, _ digest: [UInt8]) -> Bool {
        KnownValues.digest(text.first(count), salt) == digest
    }

    private static func probe(_ bytes: UnsafeRawBufferPointer, _ multiplier: UInt32) -> UInt16 {
        let word = bytes.prefix(leastBytes).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return UInt16(truncatingIfNeeded: (word &* multiplier) >> 16)
    }

    private static func digest(_ bytes: UnsafeRawBufferPointer, _ salt: [UInt8]) -> [UInt8] {
        var message = SHA256()
        message.update(salt)
        message.update(bytes)
        return message.finish()
    }
}

extension UnsafeRawBufferPointer {
    /// Its first `count` bytes.
    fileprivate func first(_ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[..<count])
    }
}
