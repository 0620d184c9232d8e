public import Cryptography

/// One line for paper or a password manager:
///
/// `SGR1-` and 16 groups of 6 letters of Crockford's base 32 (no I, L, O, U; case does not matter, and I, L, O are
/// read as the digits they look like), for these 60 bytes: version 1, index, k, n, set id (16), value (32), and the
/// first 8 bytes of SHA-256 over all before. The checksum finds slips of the pen; against intent there are the set's
/// commitments.
extension RecoveryShare {
    /// Letters of the line.
    public static let textBytes = 5 + 96 + 15

    private static let version: UInt8 = 1
    private static let headBytes = 4 + setIDBytes
    private static let bodyBytes = headBytes + RecoverySet.rootBytes
    private static let checksumBytes = 8
    private static let packedBytes = bodyBytes + checksumBytes
    private static let groupLetters = 6
    private static let prefix = Array("SGR1-".utf8)
    private static let dash = UInt8(ascii: "-")

    /// The line, ASCII, in secret memory: whoever prints it must not keep copies.
    public func text() throws(RecoveryFault) -> Secret {
        do throws(SecretError) {
            let packed = try packed()
            return try Secret(count: RecoveryShare.textBytes) { text in
                packed.withBytes { RecoveryShare.write($0, into: text) }
            }
        } catch {
            throw .memory(error)
        }
    }

    /// Reads a line; dashes and spaces may stand anywhere or be missing. Throws `malformed` and `checksum`.
    public init(text: Secret) throws(RecoveryFault) {
        var isRead = false
        let packed: Secret
        do throws(SecretError) {
            packed = try Secret(count: RecoveryShare.packedBytes) { packed in
                text.withBytes { isRead = RecoveryShare.read($0, into: packed) }
            }
        } catch {
            throw .memory(error)
        }
        guard isRead else { throw .malformed }
        let isRight = packed.withBytes { packed in
            let sum = SHA256.hash(UnsafeRawBufferPointer(rebasing: packed[..<RecoveryShare.bodyBytes]))
            return ConstantTime.equal(
                Array(packed[RecoveryShare.bodyBytes...]), Array(sum.prefix(RecoveryShare.checksumBytes)))
        }
        guard isRight else { throw .checksum }
        let head = packed.withBytes { Array($0[..<RecoveryShare.headBytes]) }
        let (index, threshold, count) = (Int(head[1]), Int(head[2]), Int(head[3]))
        guard head[0] == RecoveryShare.version, (1...RecoverySet.maximumShares).contains(count),
            (1...count).contains(threshold), (1...count).contains(index)
        else { throw .malformed }
        do throws(SecretError) {
            let value = try Secret(count: RecoverySet.rootBytes) { value in
                packed.withBytes {
                    value.copyMemory(
                        from: UnsafeRawBufferPointer(
                            rebasing: $0[RecoveryShare.headBytes..<RecoveryShare.bodyBytes]))
                }
            }
            self.init(setID: Array(head[4...]), index: index, threshold: threshold, count: count, value: value)
        } catch {
            throw .memory(error)
        }
    }

    private func packed() throws(SecretError) -> Secret {
        let head = [RecoveryShare.version, UInt8(index), UInt8(threshold), UInt8(count)] + setID
        return try Secret(count: RecoveryShare.packedBytes) { packed in
            packed.copyBytes(from: head)
            value.withBytes { value in
                UnsafeMutableRawBufferPointer(rebasing: packed[RecoveryShare.headBytes...]).copyMemory(from: value)
            }
            let sum = SHA256.hash(UnsafeRawBufferPointer(rebasing: packed[..<RecoveryShare.bodyBytes]))
            UnsafeMutableRawBufferPointer(rebasing: packed[RecoveryShare.bodyBytes...])
                .copyBytes(from: sum.prefix(RecoveryShare.checksumBytes))
        }
    }

    private static func write(_ packed: UnsafeRawBufferPointer, into text: UnsafeMutableRawBufferPointer) {
        text.copyBytes(from: prefix)
        var end = prefix.count
        var letters = 0
        var bits: UInt16 = 0
        var held: UInt16 = 0
        for byte in packed {
            bits = bits << 8 | UInt16(byte)
            held += 8
            while held >= 5 {
                held -= 5
                if letters > 0, letters % groupLetters == 0 {
                    text[end] = dash
                    end += 1
                }
                text[end] = letter(of: UInt8(truncatingIfNeeded: bits >> held) & 31)
                end += 1
                letters += 1
            }
        }
    }

    /// Fills `packed` and says whether the text was one.
    private static func read(_ text: UnsafeRawBufferPointer, into packed: UnsafeMutableRawBufferPointer) -> Bool {
        guard text.count >= prefix.count, zip(prefix, text).allSatisfy({ $0 == upper($1) }) else { return false }
        var bits: UInt16 = 0
        var held: UInt16 = 0
        var end = 0
        for letter in text.dropFirst(prefix.count) where letter != dash && letter != UInt8(ascii: " ") {
            let value = value(of: letter)
            guard value != notALetter, end < packed.count else { return false }
            bits = bits << 5 | UInt16(value)
            held += 5
            if held >= 8 {
                held -= 8
                packed[end] = UInt8(truncatingIfNeeded: bits >> held)
                end += 1
            }
        }
        return end == packed.count && held == 0
    }

    private static let notALetter: UInt8 = 0xFF

    /// 0-9, A-H, J, K, M, N, P-T, V-Z, computed rather than looked up: the digits are secret.
    private static func letter(of value: UInt8) -> UInt8 {
        var letter = UInt8(ascii: "0") &+ value
        letter &+= isAbove(value, 9) & 7
        letter &+= isAbove(value, 17) & 1
        letter &+= isAbove(value, 19) & 1
        letter &+= isAbove(value, 21) & 1
        letter &+= isAbove(value, 26) & 1
        return letter
    }

    /// The value of a letter, found by comparing it with all 32.
    private static func value(of written: UInt8) -> UInt8 {
        var letter = upper(written)
        letter ^= (letter ^ UInt8(ascii: "0")) & isSame(letter, UInt8(ascii: "O"))
        letter ^= (letter ^ UInt8(ascii: "1")) & (isSame(letter, UInt8(ascii: "I")) | isSame(letter, UInt8(ascii: "L")))
        var found = notALetter
        for value in UInt8(0)..<32 {
            found ^= (found ^ value) & isSame(letter, self.letter(of: value))
        }
        return found
    }

    /// Upper case of a Latin letter.
    private static func upper(_ letter: UInt8) -> UInt8 {
        letter &- (isAbove(letter, UInt8(ascii: "a") - 1) & ~isAbove(letter, UInt8(ascii: "z")) & 0x20)
    }

    /// 0xFF if `value` is above `limit`, else 0.
    private static func isAbove(_ value: UInt8, _ limit: UInt8) -> UInt8 {
        UInt8(truncatingIfNeeded: (UInt16(limit) &- UInt16(value)) >> 8)
    }

    /// 0xFF if both are the same, else 0.
    private static func isSame(_ left: UInt8, _ right: UInt8) -> UInt8 {
        ~UInt8(truncatingIfNeeded: (0 &- UInt16(left ^ right)) >> 8)
    }
}
