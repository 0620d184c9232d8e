import Primitives

extension Configuration {
    /// Every setting with what is in force, for `sealgate config`. Secrets show only whether they are set; so does a
    /// value that is refused, since nobody knows what was pasted there; and of a URL its user and password do not show.
    public static func table(_ source: ConfigurationSource) -> String {
        var lines: [String] = []
        for setting in Setting.all {
            let given = source.values[setting.name].flatMap { $0.isEmpty ? nil : $0 }
            let shown: String
            switch (given, setting.isSecret) {
            case (_?, true): shown = "(set, not shown)"
            case (let value?, false):
                shown =
                    isAccepted(value, for: setting) ? maskingUsers(in: value) : "(set, but not acceptable; not shown)"
            case (nil, _):
                shown = setting.defaultValue.map { $0.isEmpty ? "(empty)" : "\($0) (default)" } ?? "(not set)"
            }
            lines.append("\(setting.name) = \(shown)")
            lines.append(contentsOf: wrap(setting.summary, to: 96).map { "    \($0)" })
        }
        return lines.joined(separator: "\n")
    }

    private static func isAccepted(_ value: String, for setting: Setting) -> Bool {
        var values = [setting.name: value]
        // Each needs others, which are paths, of which any will do.
        if setting == .tlsCertificate || setting == .tlsKey || (setting == .tls && value == "file") {
            for path in [Setting.tlsCertificate, .tlsKey] { values[path.name] = value }
        }
        if setting == .releaseList || setting == .releaseKey {
            for path in [Setting.releaseList, .releaseKey] { values[path.name] = value }
        }
        if setting == .githubKeys { values[Setting.githubOIDC.name] = "https://issuer.example" }
        if setting == .releaseGuardDegraded { values[Setting.releaseGuard.name] = "enforced" }
        guard let source = try? ConfigurationSource(file: nil, environment: values),
            let configuration = try? Configuration(source)
        else { return false }
        return configuration.egressAllow.allSatisfy { CIDR($0) != nil }
    }

    /// `https://user:password@host` as `https://***@host`, wherever in the text it stands.
    static func maskingUsers(in text: String) -> String {
        var masked = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "://") {
            masked += rest[..<start.upperBound]
            rest = rest[start.upperBound...]
            let authority = rest.prefix { !"/?#, ".contains($0) }
            guard let at = authority.lastIndex(of: "@") else { continue }
            masked += "***"
            rest = rest[at...]
        }
        return masked + rest
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
