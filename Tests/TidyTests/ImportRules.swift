/// Who may import whom. The manifest's `needs` is the list; the floors below are the rule behind it.
///
/// The compiler does not enforce either: it accepts an import of whatever a dependency depends on.
enum ImportRules {
    /// A module may import only from lower floors.
    static let floors: [[String]] = [
        ["Primitives"],
        ["Cryptography", "EventLoops", "HTTPTypes", "Telemetry", "Database"],
        ["Ethereum", "HTTPClient", "HTTPServer"],
        ["Attestation", "Vault", "Identity", "Ledger", "Agents"],
        ["LoginRoutes", "WalletRoutes", "AgentRoutes", "AttestationRoutes", "OperationsRoutes"],
        ["Gateway"],
        ["sealgate"],
    ]

    static let domains: Set<String> = Set(floors[3])

    /// Each C library belongs to the modules that wrap it, and is seen by nobody else.
    static let owners: [String: Set<String>] = [
        "COpenSSL": ["Cryptography", "HTTPServer", "HTTPClient", "AttestationFixtures"],
        "CSodium": ["Cryptography"],
        "CSecp256k1": ["Cryptography"],
        "CNettle": ["Cryptography"],
        "CSQLite": ["Database"],
        "CPostgreSQL": ["Database", "DatabaseFixtures"],
        "CCurl": ["HTTPClient"],
        "CTSS": ["Attestation", "DeviceSimulation"],
    ]

    /// What is wrong with a manifest, whatever the sources import.
    static func violations(in manifest: Manifest) -> [String] {
        manifest.targets.filter { !$0.isForTests && $0.maker != "system" && $0.maker != "target" }
            .flatMap { target in target.needs.compactMap { refusal(of: $0, to: target.name) } }
            + manifest.targets.filter(\.isForTests).flatMap(testViolations)
    }

    /// What is wrong with the imports of the sources, measured by the manifest.
    static func violations(in files: [SourceFile], manifest: Manifest) -> [Violation] {
        let ours = Set(manifest.targets.map(\.name))
        return files.filter { $0.kind == "swift" && $0.path != "Package.swift" }.flatMap { file -> [Violation] in
            guard let target = manifest.owner(of: file.path) else {
                return [Violation(path: file.path, line: 1, what: "belongs to no target of Package.swift")]
            }
            return imports(of: file).filter { ours.contains($0.module) && !target.needs.contains($0.module) }.map {
                Violation(
                    path: file.path, line: $0.line, what: "`\(target.name)` does not list `\($0.module)` in needs")
            }
        }
    }

    /// Needs that no source of the target imports.
    static func unused(in files: [SourceFile], manifest: Manifest) -> [String] {
        manifest.targets.filter { $0.maker == "module" || $0.maker == "program" }.flatMap { target in
            let used = Set(
                files.filter { manifest.owner(of: $0.path)?.name == target.name }.flatMap(imports).map(\.module))
            return target.needs.filter { !used.contains($0) }.map {
                "`\(target.name)` needs `\($0)` and never imports it"
            }
        }
    }

    /// The modules that a source imports, with their lines.
    static func imports(of file: SourceFile) -> [(line: Int, module: String)] {
        let pattern = #"^[ \t]*(?:@\w+ +)*(?:(?:public|package|internal|fileprivate|private) +)?import +.*$"#
        return lines(matching: pattern, in: file.code).compactMap { found in
            let words = found.match.split(separator: " ").drop { $0 != "import" }.dropFirst()
            let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
            let name = words.first { !kinds.contains($0) }?.split(separator: ".").first
            return name.map { (found.line, String($0)) }
        }
    }

    /// Why one module of the product may not import another; nil when it may.
    private static func refusal(of need: String, to name: String) -> String? {
        if need.hasPrefix("C"), let owners = owners[need] {
            return owners.contains(name) ? nil : "`\(name)` needs `\(need)`, which belongs to \(owners.sorted())"
        }
        if need == "CLinux" { return nil }
        guard let floor = floors.firstIndex(where: { $0.contains(name) }) else {
            return "`\(name)` stands on no floor of ImportRules"
        }
        guard let below = floors.firstIndex(where: { $0.contains(need) }), below < floor else {
            return "`\(name)` needs `\(need)`, which does not stand on a lower floor"
        }
        if need.hasSuffix("Routes") && name != "Gateway" && name != "sealgate" {
            return "`\(name)` needs `\(need)`: only Gateway and sealgate may"
        }
        if domains.contains(name) && need == "HTTPServer" {
            return "`\(name)` needs HTTPServer: a domain does not know how it is served"
        }
        return nil
    }

    /// The tests of a module may see the C libraries that the module owns, and no others.
    private static func testViolations(of target: Manifest.Target) -> [String] {
        target.needs.compactMap { need in
            guard let owners = owners[need] else { return nil }
            let subject = target.name.hasSuffix("Tests") ? String(target.name.dropLast("Tests".count)) : target.name
            return owners.contains(subject)
                ? nil : "`\(target.name)` needs `\(need)`, which belongs to \(owners.sorted())"
        }
    }
}
