/// Secrets that nobody told us of, by how they look. Guessing errs on both sides: what looks like prose is let through,
/// and a sample value in quotes is taken for a real one.
enum SecretPatterns {
    /// What to look for.
    enum Extent: Hashable, Sendable {
        /// Keys that show by their prefix what they are.
        case keys
        /// These, bearer tokens, and the values of names such as `password`.
        case all
    }

    /// Anthropic's keys, this contract's wallet tokens and API keys.
    private static let prefixes = ["sk-ant-", "mcpwt_", "sgk_"].map { Array($0.utf8) }
    /// Names whose values are secret, when they end so: `DB_PASSWORD` as well.
    private static let names = [
        "password", "passwd", "passphrase", "secret", "secret_key", "secretkey", "secret_access_key", "token",
        "api_key",
        "apikey", "api-key", "private_key", "privatekey", "private-key", "authorization", "credential", "mnemonic",
    ].map { Array($0.utf8) }
    private static let bearer = Array("bearer".utf8)
    /// Fewer characters after a prefix are a mention of it.
    static let leastAfterPrefix = 8
    /// A word this long without a digit is a token as well.
    static let longWord = 20
    /// Spaces between a name, its sign and its value.
    static let mostSpaces = 4
    /// How much of what came before is looked at: the longest name, the sign, spaces and quotes.
    static let contextBytes = 40

    /// Bytes with which a prefix begins.
    static let beginnings = Set(prefixes.map { $0[0] })

    /// Bytes after which a value begins.
    static let separators = Array(" \t:=\"'".utf8)

    /// Whether `text` begins with a key that shows its kind.
    static func prefixed(_ text: UnsafeRawBufferPointer, isLast: Bool) -> Sighting {
        for prefix in prefixes where zip(text, prefix).allSatisfy({ $0 == $1 }) {
            let after = text.dropFirst(prefix.count).prefix(leastAfterPrefix)
            guard after.allSatisfy(\.isWordByte) else { continue }
            if after.count == leastAfterPrefix {
                return .secret(count: prefix.count + leastAfterPrefix, name: nil, run: .word)
            }
            if !isLast { return .open(showing: prefix.count) }
        }
        return .nothing
    }

    /// Whether a value begins with `text` that what stands before it, `context`, says is secret.
    static func valued(_ text: UnsafeRawBufferPointer, after context: ArraySlice<UInt8>, isLast: Bool) -> Sighting {
        guard let last = context.last, !" \t\"'".utf8.contains(text[0]) else { return .nothing }
        if last == 0x20, context.trimmingSpaces().endsIgnoringCase(with: bearer) {
            return bare(text, least: leastAfterPrefix, isLast: isLast)
        }
        var before = context
        let end = before.takeQuote()
        before = before.trimmingSpaces()
        guard let sign = before.popLast(), sign == UInt8(ascii: ":") || sign == UInt8(ascii: "=") else {
            return .nothing
        }
        before = before.trimmingSpaces()
        _ = before.takeQuote()
        guard names.contains(where: { before.endsIgnoringCase(with: $0) }) else { return .nothing }
        guard let end else { return bare(text, least: leastAfterPrefix, isLast: isLast) }
        return quoted(text, end: end, isLast: isLast)
    }

    /// A value without quotes: eight characters or more with a digit among them, or a word longer than words are.
    private static func bare(_ text: UnsafeRawBufferPointer, least: Int, isLast: Bool) -> Sighting {
        let word = text.prefix(longWord).prefix { $0.isTokenByte }
        let looksSecret = word.count >= least && (word.contains(where: \.isDigit) || word.count == longWord)
        if looksSecret { return .secret(count: word.count, name: nil, run: .token) }
        return !isLast && word.count == text.count ? .open(showing: 3) : .nothing
    }

    /// A value in quotes: four characters or more, unless it stands for another (`{{NAME}}`, `${NAME}`, `<name>`).
    private static func quoted(_ text: UnsafeRawBufferPointer, end: UInt8, isLast: Bool) -> Sighting {
        let value = text.prefix(KnownValues.leastBytes).prefix { SecretRun.until(end).takes($0) }
        if value.count == KnownValues.leastBytes {
            let stands = value[0] == UInt8(ascii: "<") || value.starts(with: "{{".utf8) || value.starts(with: "${".utf8)
            return stands ? .nothing : .secret(count: value.count, name: nil, run: .until(end))
        }
        return !isLast && value.count == text.count ? .open(showing: 1) : .nothing
    }
}

extension ArraySlice<UInt8> {
    /// Without up to four spaces at the end.
    fileprivate func trimmingSpaces() -> ArraySlice<UInt8> {
        var rest = self
        for _ in 0..<SecretPatterns.mostSpaces {
            guard rest.last == 0x20 || rest.last == 0x09 else { break }
            rest.removeLast()
        }
        return rest
    }

    /// Takes a quotation mark from the end, and the backslash before it. The byte at which what it opens ends.
    fileprivate mutating func takeQuote() -> UInt8? {
        guard let quote = last, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
        removeLast()
        guard last == UInt8(ascii: "\\") else { return quote }
        return popLast()
    }

    fileprivate func endsIgnoringCase(with word: [UInt8]) -> Bool {
        count >= word.count && zip(suffix(word.count), word).allSatisfy { $0.lowercase == $1 }
    }
}
