/// The targets of Package.swift, read from its text: a test that started SwiftPM would wait for the lock its own run
/// holds.
struct Manifest: Sendable {
    /// A target and what it says about itself.
    struct Target: Sendable {
        /// The function of the manifest that makes it.
        let maker: String
        let name: String
        /// The folder of its sources.
        let path: String
        /// What it may import.
        let needs: [String]

        /// True for what runs only in tests: test targets, simulators, fuzz targets, benchmarks.
        var isForTests: Bool { path.hasPrefix("Tests/") }
    }

    let targets: [Target]

    init(parsing text: String) {
        targets = ManifestCall.all(in: text).compactMap(Manifest.target)
    }

    func target(_ name: String) -> Target? { targets.first { $0.name == name } }

    /// The target whose folder holds a path: the one with the longest folder.
    func owner(of path: String) -> Target? {
        targets.filter { path.hasPrefix($0.path + "/") }.max { $0.path.count < $1.path.count }
    }

    private static func target(_ call: ManifestCall) -> Target? {
        guard let first = (call.strings(of: "name") + call.strings(of: "")).first else { return nil }
        let needs = call.strings(of: "needs") + call.strings(of: "dependencies")
        let placed = (call.strings(of: "at") + call.strings(of: "path")).first
        switch call.function {
        case "module", "program", "target", "executableTarget", "testTarget":
            return Target(maker: call.function, name: first, path: placed ?? "Sources/\(first)", needs: needs)
        case "tests":
            return Target(
                maker: call.function, name: first + "Tests", path: "Tests/\(first)Tests", needs: needs + [first])
        case "system", "systemLibrary":
            return Target(maker: call.function, name: first, path: placed ?? "Sources/System/\(first)", needs: [])
        default: return nil
        }
    }
}
