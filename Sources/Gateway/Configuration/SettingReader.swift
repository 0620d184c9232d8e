/// Takes single settings out of a source, with their defaults.
struct SettingReader {
    private let source: ConfigurationSource

    init(_ source: ConfigurationSource) {
        self.source = source
    }

    /// The value, the default, or nil; an empty value counts as not set.
    func optionalText(_ setting: Setting) -> String? {
        guard let value = source.values[setting.name], !value.isEmpty else { return setting.defaultValue }
        return value
    }

    func text(_ setting: Setting) -> String {
        optionalText(setting) ?? ""
    }

    func nonEmpty(_ setting: Setting) throws(ConfigurationError) -> String {
        let value = text(setting)
        guard !value.isEmpty else { throw ConfigurationError(setting.name, "must not be empty.") }
        return value
    }

    func number(_ setting: Setting, in range: ClosedRange<Int>) throws(ConfigurationError) -> Int? {
        guard let text = optionalText(setting) else { return nil }
        guard let value = Int(text), range.contains(value) else {
            throw ConfigurationError(
                setting.name, "write a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return value
    }

    func hex(_ setting: Setting, digits: Int) throws(ConfigurationError) -> String? {
        guard let text = optionalText(setting) else { return nil }
        guard text.utf8.count == digits, text.utf8.allSatisfy({ UInt8($0).isHexDigit }) else {
            throw ConfigurationError(setting.name, "write exactly \(digits) hex digits.")
        }
        return text
    }

    func list(_ setting: Setting) -> [String] {
        text(setting).split(separator: ",").map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }.filter { !$0.isEmpty }
    }
}

extension UInt8 {
    fileprivate var isHexDigit: Bool {
        (0x30...0x39).contains(self) || (0x61...0x66).contains(self | 0x20)
    }
}
