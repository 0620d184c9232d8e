import Attestation
import Gateway
import Primitives
import Testing

@Suite("Configuration")
struct ConfigurationTests {
    private func configuration(_ environment: [String: String] = [:], file: String? = nil) throws -> Configuration {
        try Configuration(ConfigurationSource(file: file.map { ("sealgate.conf", $0) }, environment: environment))
    }

    @Test("With nothing set, every setting has a working value")
    func defaults() throws {
        let configuration = try configuration()
        #expect(configuration.listen.text == "127.0.0.1:8787")
        #expect(configuration.anthropicBaseURL == "https://api.anthropic.com")
        #expect(configuration.corsOrigins == nil)
        #expect(configuration.egressAllow.isEmpty)
        #expect((1...8).contains(configuration.loops))
        #expect(configuration.tls == .off)
        #expect(configuration.proxies.isEmpty)
        #expect(configuration.chains.entries.map(\.id) == [8_453] && configuration.chains.entries[0].nodes.isEmpty)
        #expect(configuration.peers.origins.isEmpty && configuration.peers.isStrict)
    }

    @Test("The environment wins over the file; comments and blank lines do nothing")
    func precedence() throws {
        let file = "# a comment\n\nSEALGATE_LISTEN = [::1]:9000\r\nSEALGATE_LOOPS=2\n"
        #expect(try configuration(file: file).listen.text == "[::1]:9000")
        let both = try configuration(["SEALGATE_LISTEN": "127.0.0.1:1", "PATH": "/bin"], file: file)
        #expect(both.listen.port == 1)
        #expect(both.loops == 2)
    }

    @Test("A chain named again has another node; the first named comes first, and their keys are not shown")
    func chains() throws {
        let text = "10, 8453=https://a.example/key?x=1, 8453=https://b.example"
        let entries = try configuration(["SEALGATE_CHAINS": text]).chains.entries
        #expect(entries.map(\.id) == [10, 8_453])
        #expect(entries.map(\.nodes) == [[], ["https://a.example/key?x=1", "https://b.example"]])
        let table = Configuration.table(try ConfigurationSource(file: nil, environment: ["SEALGATE_CHAINS": text]))
        #expect(!table.contains("a.example"))
    }

    static let refused: [(name: String, value: String)] = [
        ("SEALGATE_MODE", "production"), ("SEALGATE_MODE", "Development"), ("SEALGATE_LISTEN", "localhost:80"),
        ("SEALGATE_LISTEN", "127.0.0.1"), ("SEALGATE_LISTEN", "127.0.0.1:65536"), ("SEALGATE_LISTEN", ":80"),
        ("SEALGATE_PUBLIC_ORIGIN", "https://gw.example/"), ("SEALGATE_PUBLIC_ORIGIN", "gw.example"),
        ("SEALGATE_PUBLIC_ORIGIN", "https://user@gw.example"), ("SEALGATE_PUBLIC_ORIGIN", "ftp://gw.example"),
        ("SEALGATE_PUBLIC_ORIGIN", "https://"), ("SEALGATE_ROOT_SECRET", "abc"),
        ("SEALGATE_ROOT_SECRET", String(repeating: "g", count: 64)), ("SEALGATE_LOOPS", "0"), ("SEALGATE_LOOPS", "65"),
        ("SEALGATE_LOOPS", "two"), ("SEALGATE_TLS_KEY", "/key.pem"), ("SEALGATE_TLS_CERTIFICATE", "/chain.pem"),
        ("SEALGATE_ANTHROPIC_URL", "api.anthropic.com"), ("SEALGATE_ANTHROPIC_URL", "https://u:p@api.example"),
        ("SEALGATE_ANTHROPIC_URL", "https://api.example?x=1"), ("SEALGATE_DRAIN_SECONDS", "-1"),
        ("SEALGATE_DRAIN_SECONDS", "601"), ("SEALGATE_SECRET_SLOTS", "255"), ("SEALGATE_SECRET_SLOTS", "65537"),
        ("SEALGATE_TLS", "on"), ("SEALGATE_TLS", "file"), ("SEALGATE_TLS", "Inside"),
        ("SEALGATE_PROXY_PROTOCOL_FROM", "balancer.example"), ("SEALGATE_PROXY_PROTOCOL_FROM", "10.0.0.0/8,10.0.0.1/8"),
        ("SEALGATE_CHAINS", "base"), ("SEALGATE_CHAINS", "0"), ("SEALGATE_CHAINS", "08453"), ("SEALGATE_CHAINS", ","),
        ("SEALGATE_CHAINS", "8453=node.example"), ("SEALGATE_CHAINS", "8453=https://u:p@node.example"),
        ("SEALGATE_CHAINS", "8453="), ("SEALGATE_CHAINS", "8453,8453"), ("SEALGATE_CHAINS", "8453=https://a,8453"),
        ("SEALGATE_CHAINS", "8453,8453=https://a"), ("SEALGATE_CHAINS", "8453=https://a,8453=https://a"),
        ("SEALGATE_CHAINS", (0..<5).map { "8453=https://node\($0).example" }.joined(separator: ",")),
        ("SEALGATE_CHAINS", (1...17).map(String.init).joined(separator: ",")),
        ("SEALGATE_PEERS", "peer.example"), ("SEALGATE_PEERS", "https://peer.example/"),
        ("SEALGATE_PEERS", "https://peer.example,https://peer.example"), ("SEALGATE_PEERS", "https://Peer.example"),
        ("SEALGATE_PEERS", (0..<33).map { "https://peer\($0).example" }.joined(separator: ",")),
        ("SEALGATE_RELEASE_GUARD", "strict"), ("SEALGATE_RELEASE_GUARD_DEGRADED", "shut"),
        ("SEALGATE_RELEASE_GUARD_DEGRADED", "closed"),
        ("SEALGATE_PEER_STRICT", "yes"), ("SEALGATE_PEER_SECONDS", "0"), ("SEALGATE_PEER_SECONDS", "241"),
        ("SEALGATE_SPELT_WRONG", "1"),
    ]

    @Test("A bad value stops the start and names its setting", arguments: refused)
    func refuses(name: String, value: String) {
        let error = #expect(throws: ConfigurationError.self) { try configuration([name: value]) }
        #expect(error.map { $0.description.contains("SEALGATE_") } ?? false)
        if name == "SEALGATE_ROOT_SECRET" { #expect(error.map { !$0.description.contains(value) } ?? false) }
    }

    @Test("Production names the key source that it lacks, one after the other")
    func production() throws {
        var settings = ["SEALGATE_MODE": "production"]
        for (name, value) in [("SEALGATE_ROOT_SEALING", "snp"), ("SEALGATE_TLS", "inside")] {
            let error = #expect(throws: ConfigurationError.self) { try configuration(settings) }
            #expect(error.map { $0.description.contains(name) } ?? false)
            settings[name] = value
        }
        #expect(try configuration(settings).mode == .production)
        settings["SEALGATE_PEERS"] = "https://peer.example"
        #expect(try configuration(settings).peers.isStrict)
        settings["SEALGATE_CHAINS"] = "8453=https://node.example,10"
        #expect(try configuration(settings).chains.entries.count == 2)
        for (name, value) in [
            ("SEALGATE_PEER_STRICT", "off"), ("SEALGATE_PEERS", "http://peer.example"),
            ("SEALGATE_CHAINS", "8453=https://node.example,8453=http://node.example"),
        ] {
            let changed = settings.merging([name: value]) { $1 }
            let error = #expect(throws: ConfigurationError.self) { try configuration(changed) }
            #expect(error?.subject == name)
        }
    }

    @Test("The three settings of TLS say one thing together")
    func tls() throws {
        func tls(_ kind: String?, _ certificate: String?, _ key: String?) throws -> Configuration.TLS {
            let given = [
                "SEALGATE_TLS": kind, "SEALGATE_TLS_CERTIFICATE": certificate, "SEALGATE_TLS_KEY": key,
            ].compactMapValues { $0 }
            return try configuration(given).tls
        }
        for (kind, certificate, key) in [
            ("off", "/c.pem", nil), ("off", nil, "/k.pem"), ("off", "/c.pem", "/k.pem"), ("file", "/c.pem", nil),
            ("file", nil, "/k.pem"), ("inside", nil, "/k.pem"), ("inside", "/c.pem", "/k.pem"),
        ] as [(String, String?, String?)] {
            #expect(throws: ConfigurationError.self, "\(kind)") { try tls(kind, certificate, key) }
        }
        #expect(try tls("off", nil, nil) == .off)
        for kind in [nil, "file"] {
            guard case .file(let files) = try tls(kind, "/c.pem", "/k.pem") else {
                Issue.record("no files")
                continue
            }
            #expect(files.certificate == "/c.pem" && files.key == "/k.pem")
        }
        #expect(try tls("inside", nil, nil) == .inside(certificate: nil))
        #expect(try tls("inside", "/c.pem", nil) == .inside(certificate: "/c.pem"))
    }

    @Test("Load balancers are ranges of addresses")
    func proxies() throws {
        let given = try configuration(["SEALGATE_PROXY_PROTOCOL_FROM": "10.0.0.0/8, ::1"]).proxies
        #expect(given == [CIDR("10.0.0.0/8"), CIDR("::1")])
    }

    @Test("Limits are inclusive", arguments: [("0", 0), ("600", 600)])
    func limits(text: String, value: Int) throws {
        #expect(try configuration(["SEALGATE_DRAIN_SECONDS": text]).drainSeconds == value)
    }

    static let badFiles: [String] = [
        "SEALGATE_LISTEN", "NOT_OURS = 1", "SEALGATE_LOOPS = 1\nSEALGATE_LOOPS = 2", "SEALGATE_CONFIG = other.conf",
    ]

    @Test("A bad file names its line", arguments: badFiles)
    func fileErrors(text: String) {
        let error = #expect(throws: ConfigurationError.self) { try configuration(file: text) }
        #expect(error?.subject.hasPrefix("sealgate.conf, line ") ?? false)
    }

    @Test(
        "The table shows no password: not in a URL, not where a value is refused",
        arguments: [
            ("SEALGATE_ANTHROPIC_URL", "https://user:hunter2@api.example"), ("SEALGATE_PUBLIC_ORIGIN", "hunter2"),
            ("SEALGATE_LOOPS", "hunter2"), ("SEALGATE_MODE", "hunter2"),
            ("SEALGATE_EGRESS_ALLOW", "10.0.0.0/8,hunter2"),
            ("SEALGATE_CORS_ORIGINS", "https://a.example,https://user:hunter2@b.example"),
            ("SEALGATE_CORS_ORIGINS", "https://hunter2@b.example/x"), ("SEALGATE_PRICES", "https://u:p@hunter2@c/d"),
            ("SEALGATE_LISTEN", "127.0.0.1:hunter2"),
        ])
    func noPassword(name: String, value: String) throws {
        let table = Configuration.table(try ConfigurationSource(file: nil, environment: [name: value]))
        #expect(!table.contains("hunter2"))
        #expect(table.contains("\(name) = "))
    }

    @Test(
        "What is accepted is shown",
        arguments: [
            ("SEALGATE_TLS", "inside"), ("SEALGATE_TLS", "file"), ("SEALGATE_TLS", "off"),
            ("SEALGATE_PROXY_PROTOCOL_FROM", "10.0.0.0/8,fd00::/8"),
            ("SEALGATE_TLS_KEY", "/etc/key.pem"), ("SEALGATE_TLS_CERTIFICATE", "/etc/chain.pem"),
            ("SEALGATE_ANTHROPIC_URL", "https://api.example/v1"), ("SEALGATE_EGRESS_ALLOW", "10.0.0.0/8,::1/128"),
            ("SEALGATE_CORS_ORIGINS", "https://a.example,https://b.example"), ("SEALGATE_LOOPS", "4"),
        ])
    func shown(name: String, value: String) throws {
        let table = Configuration.table(try ConfigurationSource(file: nil, environment: [name: value]))
        #expect(table.contains("\(name) = \(value)\n"))
    }

    @Test("The table names every setting and no secret")
    func table() throws {
        let secret = String(repeating: "ab", count: 32)
        let source = try ConfigurationSource(file: nil, environment: ["SEALGATE_ROOT_SECRET": secret])
        let table = Configuration.table(source)
        for setting in Setting.all { #expect(table.contains(setting.name)) }
        #expect(!table.contains(secret))
        #expect(table.contains("SEALGATE_ROOT_SECRET = (set, not shown)"))
    }
}
