extension Configuration {
    /// Every setting with what is in force, for `sealgate config`. Secrets show only whether they are set.
    public static func table(_ source: ConfigurationSource) -> String {
        var lines: [String] = []
        for setting in Setting.all {
            let given = source.values[setting.name].flatMap { $0.isEmpty ? nil : $0 }
            let shown: String
            switch (given, setting.isSecret) {
            case (_?, true): shown = "(set, not shown)"
            case (let value?, false): shown = value
            case (nil, _):
                shown = setting.defaultValue.map { $0.isEmpty ? "(empty)" : "\($0) (default)" } ?? "(not set)"
            }
            lines.append("\(setting.name) = \(shown)")
            lines.append(contentsOf: wrap(setting.summary, to: 96).map { "    \($0)" })
        }
        return lines.joined(separator: "\n")
    }

    private static func wrap(_ text: String, to width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        return line.isEmpty ? lines : lines + [line]
    }
}
