// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// A C library from Debian, bound as a module of its own.
func system(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(
        name: name, path: "Sources/System/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

/// A module of ours. `needs` is the whole truth about what it may import: a test compares it with the sources.
func module(_ name: String, at path: String? = nil, needs: [String], exclude: [String] = []) -> Target {
    .target(
        name: name, dependencies: needs.map { .byName(name: $0) }, path: path ?? "Sources/\(name)", exclude: exclude,
        swiftSettings: strict)
}

func program(_ name: String, at path: String, needs: [String]) -> Target {
    .executableTarget(
        name: name, dependencies: needs.map { .byName(name: $0) }, path: path, swiftSettings: strict)
}

/// The tests of a module. A folder `Vectors` beside them is read from disk, so it is no resource.
func tests(_ module: String, needs: [String] = [], hasVectors: Bool = false) -> Target {
    .testTarget(
        name: "\(module)Tests", dependencies: ([module] + needs).map { .byName(name: $0) },
        path: "Tests/\(module)Tests", exclude: hasVectors ? ["Vectors"] : [], swiftSettings: strict)
}

let package = Package(
    name: "sealgate",
    products: [.executable(name: "sealgate", targets: ["sealgate"])],
    targets: [
        // C libraries
        system("COpenSSL", pkgConfig: "openssl", apt: "libssl-dev"),
        system("CSodium", pkgConfig: "libsodium", apt: "libsodium-dev"),
        system("CSecp256k1", pkgConfig: "libsecp256k1", apt: "libsecp256k1-dev"),
        system("CNettle", pkgConfig: "nettle", apt: "nettle-dev"),
        system("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
        system("CPostgreSQL", pkgConfig: "libpq", apt: "libpq-dev"),
        system("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        system("CTSS", pkgConfig: "tss2-esys", apt: "libtss2-dev"),
        .target(name: "CLinux", path: "Sources/System/CLinux"),

        // Ground floor: imports nothing of ours but Primitives
        module("Primitives", needs: ["CLinux"]),
        module("Cryptography", needs: ["Primitives", "COpenSSL", "CSodium", "CSecp256k1", "CNettle", "CLinux"]),
        module("Ethereum", needs: ["Primitives", "Cryptography"]),
        module("EventLoops", needs: ["Primitives", "CLinux"]),
        module("HTTPTypes", needs: ["Primitives"]),
        module("Telemetry", needs: ["Primitives"]),
        module("Database", needs: ["Primitives", "CSQLite", "CPostgreSQL", "CLinux"]),
        module(
            "HTTPClient",
            needs: ["Primitives", "Cryptography", "EventLoops", "HTTPTypes", "CCurl", "COpenSSL"]),

        // HTTP face
        module(
            "HTTPServer", needs: ["Primitives", "EventLoops", "HTTPTypes", "Telemetry", "COpenSSL", "CLinux"]),

        // Domains: never import HTTPServer or one another
        module(
            "Attestation", at: "attestation", needs: ["Primitives", "Cryptography", "Database", "CLinux", "CTSS"],
            exclude: ["README.md"]),
        module(
            "Vault", at: "vault", needs: ["Primitives", "Cryptography", "Ethereum", "Database"],
            exclude: ["README.md"]),
        module("Identity", needs: ["Primitives", "Cryptography", "Ethereum", "Database"]),
        module("Ledger", needs: ["Primitives", "Database"], exclude: ["Prices/catalogue.json"]),
        module(
            "Agents",
            needs: ["Primitives", "Cryptography", "Database", "EventLoops", "HTTPTypes", "HTTPClient", "Telemetry"]),

        // Routes, wiring, program
        module(
            "LoginRoutes", at: "Sources/Routes/Login",
            needs: ["Primitives", "HTTPTypes", "HTTPServer", "Identity", "Ethereum", "Cryptography"]),
        module(
            "WalletRoutes", at: "Sources/Routes/Wallet",
            needs: [
                "Primitives", "HTTPTypes", "HTTPServer", "Identity", "Ledger", "Vault", "Cryptography", "Ethereum",
                "Database",
            ]),
        module(
            "AgentRoutes", at: "Sources/Routes/Agents",
            needs: ["Primitives", "HTTPTypes", "HTTPServer", "Agents"]),
        module(
            "AttestationRoutes", at: "Sources/Routes/Attestation",
            needs: ["Primitives", "HTTPTypes", "HTTPServer", "Attestation", "Cryptography"]),
        module(
            "OperationsRoutes", at: "Sources/Routes/Operations",
            needs: ["Primitives", "HTTPTypes", "HTTPServer", "Telemetry"]),
        module(
            "Gateway",
            needs: [
                "Primitives", "Cryptography", "Ethereum", "EventLoops", "HTTPTypes", "HTTPServer", "HTTPClient",
                "Telemetry", "Database", "Attestation", "Vault", "Identity", "Ledger", "Agents", "LoginRoutes",
                "WalletRoutes", "AgentRoutes", "AttestationRoutes", "OperationsRoutes", "CLinux",
            ], exclude: ["Schema"]),
        program(
            "sealgate", at: "Sources/sealgate",
            needs: [
                "Gateway", "Attestation", "Primitives", "Cryptography", "Ethereum", "EventLoops", "HTTPTypes",
                "HTTPClient",
                "Telemetry", "CLinux",
            ]),

        // Modules and programs for tests
        module(
            "DatabaseFixtures", at: "Tests/Support/DatabaseFixtures",
            needs: ["Primitives", "Database", "CPostgreSQL"]),
        .target(name: "CProcessMemory", path: "Tests/Support/CProcessMemory"),
        module(
            "AttestationFixtures", at: "Tests/Support/AttestationFixtures",
            needs: ["Primitives", "Cryptography", "COpenSSL"]),
        module("DeviceSimulation", at: "Tests/Support/DeviceSimulation", needs: ["AttestationFixtures", "CTSS"]),
        program(
            "sev-guest-simulator", at: "Tests/Simulators/Device",
            needs: ["Primitives", "Cryptography", "Attestation", "AttestationFixtures", "CProcessMemory"]),
        program(
            "provider-simulator", at: "Tests/Simulators/Provider",
            needs: ["Primitives", "EventLoops", "HTTPTypes", "HTTPServer"]),
        program(
            "sealgate-bench", at: "Tests/Benchmarks/Program",
            needs: [
                "Primitives", "Cryptography", "Ethereum", "EventLoops", "HTTPTypes", "HTTPServer", "Database", "Ledger",
                "Attestation", "AttestationFixtures", "Identity",
            ]),

        tests("Primitives"),
        tests("Cryptography", needs: ["Primitives", "CLinux"], hasVectors: true),
        tests("Ethereum", needs: ["Primitives", "Cryptography"], hasVectors: true),
        tests("EventLoops", needs: ["Primitives", "CLinux"]),
        tests("HTTPTypes", needs: ["Primitives"]),
        tests("Telemetry", needs: ["Primitives"]),
        tests("Database", needs: ["Primitives", "CSQLite", "DatabaseFixtures"]),
        tests("HTTPClient", needs: ["Primitives", "Cryptography", "EventLoops", "HTTPTypes", "CLinux"]),
        tests("HTTPServer", needs: ["Primitives", "EventLoops", "HTTPTypes", "Telemetry", "CLinux"]),
        tests(
            "Attestation", needs: ["Primitives", "Cryptography", "AttestationFixtures", "DeviceSimulation"],
            hasVectors: true),
        tests(
            "Vault", needs: ["Primitives", "Cryptography", "Ethereum", "Database", "DatabaseFixtures"], hasVectors: true
        ),
        tests(
            "Identity", needs: ["Primitives", "Cryptography", "Ethereum", "Database", "DatabaseFixtures"],
            hasVectors: true),
        tests("Ledger", needs: ["Primitives", "Cryptography", "Database", "DatabaseFixtures"], hasVectors: true),
        tests(
            "Agents",
            needs: [
                "Primitives", "Cryptography", "Database", "EventLoops", "HTTPTypes", "HTTPClient", "Telemetry",
                "DatabaseFixtures",
            ]),
        tests(
            "Gateway",
            needs: [
                "Primitives", "Cryptography", "Ethereum", "EventLoops", "HTTPTypes", "HTTPServer", "HTTPClient",
                "Telemetry", "Database", "Identity", "Ledger", "Agents", "Vault", "CLinux", "sealgate",
                "provider-simulator", "Attestation", "AttestationRoutes", "DeviceSimulation", "sev-guest-simulator",
                "DatabaseFixtures",
            ]),
        .testTarget(
            name: "DeviceTests",
            dependencies: [
                "Primitives", "Cryptography", "Attestation", "AttestationFixtures", "DeviceSimulation",
                "sev-guest-simulator",
            ], path: "Tests/DeviceTests", swiftSettings: strict),
        .testTarget(
            name: "TidyTests", dependencies: [], path: "Tests/TidyTests", swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)

// Fuzz targets need the whole package instrumented, so they are built apart: `make fuzz` sets this variable.
if Context.environment["SEALGATE_FUZZ"] != nil {
    package.targets += [
        .executableTarget(
            name: "FuzzRequestParser", dependencies: ["HTTPServer", "HTTPTypes"], path: "Tests/Fuzz/RequestParser",
            exclude: ["corpus"], swiftSettings: strict),
        .executableTarget(
            name: "FuzzReport", dependencies: ["Attestation"], path: "Tests/Fuzz/Report",
            exclude: ["corpus"], swiftSettings: strict),
        .executableTarget(
            name: "FuzzCertificateTable", dependencies: ["Attestation"], path: "Tests/Fuzz/CertificateTable",
            exclude: ["corpus"], swiftSettings: strict),
        .executableTarget(
            name: "FuzzSealedBlob", dependencies: ["Attestation", "Primitives"], path: "Tests/Fuzz/SealedBlob",
            exclude: ["corpus"], swiftSettings: strict),
        .executableTarget(
            name: "FuzzX509", dependencies: ["Attestation", "Cryptography"], path: "Tests/Fuzz/X509",
            exclude: ["corpus"], swiftSettings: strict),
        .executableTarget(
            name: "FuzzSignIn", dependencies: ["Ethereum", "Identity", "Primitives"], path: "Tests/Fuzz/SignIn",
            exclude: ["corpus"], swiftSettings: strict),
        .executableTarget(
            name: "FuzzProxyHeader", dependencies: ["HTTPServer"], path: "Tests/Fuzz/ProxyHeader",
            exclude: ["corpus"], swiftSettings: strict),
        .executableTarget(
            name: "FuzzStructuredFields", dependencies: ["Identity"], path: "Tests/Fuzz/StructuredFields",
            exclude: ["corpus"], swiftSettings: strict),
    ]
}
