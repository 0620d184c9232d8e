import Testing

@Suite("Modules import what the house allows")
struct ImportTests {
    private func manifest() throws -> Manifest {
        Manifest(parsing: try #require(Tree.files.first { $0.path == "Package.swift" }).text)
    }

    @Test func `every target of the manifest is found, with its folder and its needs`() throws {
        let manifest = try manifest()
        #expect(manifest.targets.count >= 40)
        for floor in ImportRules.floors.joined() {
            #expect(manifest.target(floor) != nil, "\(floor) is not in Package.swift")
        }
        let vault = try #require(manifest.target("Vault"))
        #expect(vault.path == "vault")
        #expect(vault.needs.starts(with: ["Primitives", "Cryptography"]))
        #expect(manifest.target("VaultTests")?.needs.contains("Vault") == true)
        #expect(manifest.owner(of: "Sources/Routes/Login/A.swift")?.name == "LoginRoutes")
        for target in manifest.targets {
            #expect(Tree.paths.contains { $0.hasPrefix(target.path + "/") }, "\(target.name): no folder \(target.path)")
        }
    }

    @Test func `the manifest keeps to the floors`() throws {
        report(ImportRules.violations(in: try manifest()))
    }

    @Test func `no source imports what its target does not list`() throws {
        report(ImportRules.violations(in: Tree.files, manifest: try manifest()))
    }

    @Test func `no target lists what it does not import`() throws {
        report(ImportRules.unused(in: Tree.files, manifest: try manifest()))
    }

    @Test(arguments: [
        #"module("Primitives", needs: ["Database"])"#,
        #"module("Ledger", needs: ["HTTPServer"])"#,
        #"module("Ledger", needs: ["Primitives", "Vault"])"#,
        #"module("Vault", at: "vault", needs: ["Gateway"], exclude: ["README.md"])"#,
        #"module("HTTPClient", needs: ["HTTPServer"])"#,
        #"module("Agents", needs: ["LoginRoutes"])"#,
        #"module("Ledger", needs: ["CSQLite"])"#,
        #"module("Newcomer", needs: ["Primitives"])"#,
        #"tests("Ledger", needs: ["CSQLite"])"#,
    ])
    func `a manifest that breaks the floors is refused`(line: String) {
        #expect(ImportRules.violations(in: Manifest(parsing: line)).count == 1)
    }

    @Test(arguments: [
        #"module("Ledger", needs: ["Primitives", "Database"]) // never "HTTPServer""#,
        #"module("Gateway", needs: ["LoginRoutes", "Vault", "HTTPServer", "CLinux"])"#,
        #"tests("Database", needs: ["Primitives", "CSQLite"])"#,
    ])
    func `a manifest that keeps to them passes`(line: String) {
        #expect(ImportRules.violations(in: Manifest(parsing: line)) == [])
    }

    @Test(arguments: [
        "import Vault", "@testable import Vault", "public import struct Vault.Envelope", "  import Vault",
    ])
    func `an import that is not listed is seen`(line: String) {
        let manifest = Manifest(parsing: #"module("Ledger", needs: ["Primitives"]) module("Vault", needs: [])"#)
        let file = SourceFile(path: "Sources/Ledger/A.swift", text: "import Glibc\nimport Primitives\n\(line)\n")
        #expect(ImportRules.violations(in: [file], manifest: manifest).map(\.line) == [3])
        #expect(ImportRules.unused(in: [file], manifest: manifest) == [])
        let stranger = SourceFile(path: "Sources/Elsewhere/A.swift", text: "")
        #expect(ImportRules.violations(in: [stranger], manifest: manifest).count == 1)
    }

    @Test func `a need that nobody imports is seen`() {
        let manifest = Manifest(parsing: #"module("Ledger", needs: ["Primitives"])"#)
        let file = SourceFile(path: "Sources/Ledger/A.swift", text: "// import Primitives\n")
        #expect(ImportRules.unused(in: [file], manifest: manifest).count == 1)
    }
}
