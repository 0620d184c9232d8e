/// The ways in which a value shows up in text: as it is, and as JSON, base64 and URLs write it. Every array that is
/// handed out holds the value and is the caller's to wipe; none was moved while it grew.
struct SecretForms {
    /// A piece of base64 shorter than this is no evidence of anything.
    static let leastBase64 = 8
    private static let standard = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let urlSafe = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let upperHex = Array("0123456789ABCDEF".utf8)
    private static let lowerHex = Array("0123456789abcdef".utf8)

    let value: UnsafeRawBufferPointer

    /// Gives `take` each form, some of them twice.
    func each(_ take: (consuming [UInt8]) -> Void) {
        take(escaped { _ in nil })
        take(escaped { SecretForms.json($0, slash: false) })
        take(escaped { SecretForms.json($0, slash: true) })
        for digits in [SecretForms.upperHex, SecretForms.lowerHex] {
            take(escaped { SecretForms.percent($0, digits) })
            take(escaped { $0 == 0x20 ? [0x2B] : SecretForms.percent($0, digits) })
        }
        for alphabet in [SecretForms.standard, SecretForms.urlSafe] {
            take(base64(after: 0, alphabet, whole: true))
            // Inside a longer text the value begins at any of three places of a group.
            for offset in 0...2 {
                let piece = base64(after: offset, alphabet, whole: false)
                if piece.count >= SecretForms.leastBase64 { take(piece) }
            }
        }
    }

    private func escaped(_ escape: (UInt8) -> [UInt8]?) -> [UInt8] {
        var form: [UInt8] = []
        form.reserveCapacity(value.reduce(0) { $0 + (escape($1)?.count ?? 1) })
        for byte in value {
            if let escaped = escape(byte) { form.append(contentsOf: escaped) } else { form.append(byte) }
        }
        return form
    }

    /// RFC 8259 section 7, as `JSON` writes it; some writers escape the slash as well.
    static func json(_ byte: UInt8, slash: Bool) -> [UInt8]? {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): [UInt8(ascii: "\\"), byte]
        case UInt8(ascii: "/"): slash ? [UInt8(ascii: "\\"), byte] : nil
        case 0x08: Array("\\b".utf8)
        case 0x09: Array("\\t".utf8)
        case 0x0A: Array("\\n".utf8)
        case 0x0C: Array("\\f".utf8)
        case 0x0D: Array("\\r".utf8)
        case 0..<0x20: Array("\\u00".utf8) + [lowerHex[Int(byte >> 4)], lowerHex[Int(byte & 15)]]
        default: nil
        }
    }

    /// RFC 3986 section 2.1: all but the unreserved characters.
    private static func percent(_ byte: UInt8, _ digits: [UInt8]) -> [UInt8]? {
        if byte.isWordByte || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "~") { return nil }
        return [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }

    /// The digits of base64 that follow from the value alone when `offset` bytes stand before it in its group; with
    /// `whole` the last one too, as it is when nothing comes after.
    private func base64(after offset: Int, _ alphabet: [UInt8], whole: Bool) -> [UInt8] {
        let bits = 8 * (offset + value.count)
        let first = (8 * offset + 5) / 6
        let end = whole ? (bits + 5) / 6 : bits / 6
        var form: [UInt8] = []
        guard first < end else { return form }
        form.reserveCapacity(end - first)
        for digit in first..<end {
            let bit = 6 * digit - 8 * offset
            let index = bit / 8
            let pair = UInt16(value[index]) << 8 | (index + 1 < value.count ? UInt16(value[index + 1]) : 0)
            form.append(alphabet[Int(pair >> UInt16(10 - bit % 8) & 63)])
        }
        return form
    }
}
