import Glibc

/// Raw settings by name, before anything is understood: a file's lines, overridden by the environment.
public struct ConfigurationSource: Sendable {
    /// The text of each setting that is set.
    public let values: [String: String]

    /// A whole configuration file is a handful of lines.
    static let maximumFileBytes = 64 << 10

    /// Settings from text lines `NAME = value` and an environment, which wins. Blank lines and lines that begin with
    /// `#` are passed over. Names that no setting has are refused: a misspelt setting must not be a silent one.
    public init(file: (name: String, text: String)?, environment: [String: String]) throws(ConfigurationError) {
        let known = Set(Setting.all.map(\.name))
        var values: [String: String] = [:]
        if let file {
            // By bytes: to Swift a CR LF is one character, and no line feed.
            for (number, bytes) in file.text.utf8.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
                let line = ConfigurationSource.trim(Substring(bytes))
                guard !line.isEmpty, !line.hasPrefix("#") else { continue }
                let place = "\(file.name), line \(number + 1)"
                let halves = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard halves.count == 2 else { throw ConfigurationError(place, "write `NAME = value`.") }
                let name = String(ConfigurationSource.trim(halves[0]))
                guard known.contains(name) else {
                    throw ConfigurationError(place, "there is no setting \(name). See `sealgate config`.")
                }
                guard values.updateValue(String(ConfigurationSource.trim(halves[1])), forKey: name) == nil else {
                    throw ConfigurationError(place, "\(name) stands twice.")
                }
            }
        }
        for (name, value) in environment where name.hasPrefix("SEALGATE_") && name != Setting.fileVariable {
            guard known.contains(name) else {
                throw ConfigurationError(name, "there is no such setting. See `sealgate config`.")
            }
            values[name] = value
        }
        self.values = values
    }

    /// The process's environment, and the file it or the command line names.
    public static func ofProcess(file path: String?) throws(ConfigurationError) -> ConfigurationSource {
        let environment = processEnvironment()
        guard let path = path ?? environment[Setting.fileVariable] else {
            return try ConfigurationSource(file: nil, environment: environment)
        }
        guard let text = DataFile.read(path, upTo: maximumFileBytes).flatMap({ String(validating: $0, as: UTF8.self) })
        else {
            throw ConfigurationError(path, "cannot be read as a text file of at most 64 KiB.")
        }
        return try ConfigurationSource(file: (path, text), environment: environment)
    }

    private static func processEnvironment() -> [String: String] {
        var variables: [String: String] = [:]
        var cursor = environ
        while let entry = cursor.pointee {
            let halves = String(cString: entry).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if halves.count == 2 { variables[String(halves[0])] = String(halves[1]) }
            cursor += 1
        }
        return variables
    }

    private static func trim(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first == " " || first == "\t" || first == "\r" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" || last == "\r" { text.removeLast() }
        return text
    }
}
