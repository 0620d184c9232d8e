import Cryptography
public import Primitives

extension Check.Name {
    /// The statement can be read, and is the one that the report was made over.
    public static let statement = Check.Name(rawValue: "statement")
    /// The session keys served are the ones in the statement, and the active one stands in the report.
    public static let sessionKeys = Check.Name(rawValue: "session_keys")
    /// The statement is about the gateway that was asked.
    public static let gateway = Check.Name(rawValue: "gateway")
    /// The connection's TLS key is the one in the statement.
    public static let tlsKey = Check.Name(rawValue: "tls_key")
}

/// Judges a whole bundle: the report by `Verifier`, then what hangs on the report's 64 bytes.
public struct BundleVerifier: Sendable {
    private let verifier: Verifier

    /// A judge that believes what `verifier` believes.
    public init(_ verifier: Verifier = Verifier()) {
        self.verifier = verifier
    }

    /// The verdict on everything at once; each check that fails is listed.
    public func judge(
        _ bundle: EvidenceBundle, by policy: EvidencePolicy, expecting expected: BundleExpectations, at now: Timestamp
    ) -> Verdict {
        var verdict = verifier.judge(bundle.evidence, by: policy, at: now)
        let statement = bundle.statement.flatMap(AttestationStatement.init)
        verdict.record(Check(.statement, BundleVerifier.statement(bundle, statement), isRequired: false))
        verdict.record(
            Check(.reportData, BundleVerifier.reportData(bundle, statement, verdict.report), isRequired: true))
        verdict.record(
            Check(
                .nonce, BundleVerifier.nonce(bundle, statement, expected), isRequired: policy.requiresNonce))
        if let statement { verdict.record(EvidenceAge.check(made: statement.issuedAt, now: now, policy: policy)) }
        let comparesKeys = expected.keys != nil || expected.activeKey != nil
        verdict.record(
            Check(.sessionKeys, BundleVerifier.sessionKeys(bundle, statement, expected), isRequired: comparesKeys))
        verdict.record(
            Check(.gateway, BundleVerifier.gateway(statement, expected), isRequired: expected.gateway != nil))
        verdict.record(Check(.tlsKey, BundleVerifier.tlsKey(statement, expected), isRequired: false))
        return verdict
    }

    private static func statement(_ bundle: EvidenceBundle, _ statement: AttestationStatement?) -> Check.Outcome {
        switch (bundle.profile, bundle.statement) {
        case (.agentGateway1, nil): .notChecked("profile agent-gateway/1 has no statement")
        case (.agentGateway1, _): .fail(.binding, "profile agent-gateway/1 has no statement, and one was served")
        case (.sealgate1, nil): .fail(.binding, "no statement was served")
        case (.sealgate1, _):
            statement == nil ? .fail(.binding, "the statement is not one of type \(AttestationStatement.type)") : .pass
        }
    }

    /// Compares the report's 64 bytes with what they should be made of.
    private static func reportData(
        _ bundle: EvidenceBundle, _ statement: AttestationStatement?, _ report: Report?
    ) -> Check.Outcome {
        guard let report else { return .notChecked("the report cannot be read") }
        let found = report.reportData
        switch bundle.profile {
        case .sealgate1:
            guard let bytes = bundle.statement, let statement,
                let thumbprint = AttestationStatement.thumbprint(statement.activeKey)
            else { return .fail(.binding, "there is no statement that the report could be over") }
            guard found[..<32].elementsEqual(SHA256.hash(bytes)) else {
                return .fail(.binding, "bytes 0-31 of REPORT_DATA are not the SHA-256 of the statement")
            }
            let expected = ReportProfile.reportData(
                subject: SHA256.hash(bytes), thumbprint: thumbprint, nonceRoot: statement.nonceRoot)
            return expected?.bytes == report.reportData
                ? .pass : .fail(.binding, "REPORT_DATA names another session key or nonce root than the statement")
        case .agentGateway1:
            guard let active = bundle.keys.keys.first else { return .fail(.binding, "no session key was served") }
            let expected = ReportProfile.reportData(
                subject: Array(found[..<32]), thumbprint: active.thumbprintBytes, nonceRoot: nil)
            return expected?.bytes == report.reportData
                ? .pass : .fail(.binding, "bytes 32-63 of REPORT_DATA are not the active session key and zeros")
        }
    }

    private static func nonce(
        _ bundle: EvidenceBundle, _ statement: AttestationStatement?, _ expected: BundleExpectations
    ) -> Check.Outcome {
        guard let nonce = expected.nonce else {
            return .notChecked("no nonce was sent: the evidence proves the key, not the time")
        }
        guard let inclusion = bundle.inclusion, inclusion.nonce == nonce else {
            return .fail(.policyNonce, "the evidence was made without this nonce")
        }
        guard let root = inclusion.path.root(over: nonce), let stated = statement?.nonceRoot, root == stated else {
            return .fail(.policyNonce, "the nonce does not lead to the statement's nonce root")
        }
        return .pass
    }

    private static func sessionKeys(
        _ bundle: EvidenceBundle, _ statement: AttestationStatement?, _ expected: BundleExpectations
    ) -> Check.Outcome {
        let served = bundle.keys.keys.map(\.thumbprint)
        guard let active = served.first else { return .fail(.binding, "no session key was served") }
        if let statement {
            guard statement.activeKey == active else {
                return .fail(.binding, "the first key served is not the statement's active key")
            }
            guard statement.keySetCommitment == BundleVerifier.commitment(of: served) else {
                return .fail(.binding, "the key-set commitment is not that of the keys")
            }
            guard Set(statement.keys) == Set(served), Set(served).count == served.count else {
                return .fail(.binding, "the keys served are not those of the statement")
            }
        }
        if let wanted = expected.activeKey, wanted != active {
            return .fail(.binding, "the evidence is about the key \(active)")
        }
        guard let published = expected.keys else {
            return expected.activeKey == nil
                ? .notChecked("the published key set was not fetched to compare with") : .pass
        }
        return Set(published.keys.map(\.thumbprint)) == Set(served) && published.keys.first?.thumbprint == active
            ? .pass : .fail(.binding, "the published key set holds other keys than the evidence")
    }

    /// Hex of SHA-256 over the thumbprints, sorted by their bytes and joined by LF.
    private static func commitment(of thumbprints: [String]) -> String {
        let sorted = thumbprints.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
        return Hex.encode(SHA256.hash(Array(sorted.joined(separator: [UInt8(ascii: "\n")]))))
    }

    private static func gateway(
        _ statement: AttestationStatement?, _ expected: BundleExpectations
    ) -> Check.Outcome {
        guard let gateway = expected.gateway else { return .notChecked("the origin asked is not known") }
        guard let statement else { return .notChecked("without a statement nothing names the gateway") }
        return statement.gateway == gateway
            ? .pass : .fail(.binding, "the statement is that of \(statement.gateway.prefix(200))")
    }

    private static func tlsKey(_ statement: AttestationStatement?, _ expected: BundleExpectations) -> Check.Outcome {
        guard let statement else { return .notChecked("without a statement no TLS key is bound") }
        guard let stated = statement.tls.spkiSHA256 else {
            return .notChecked(
                statement.tls.source == .file
                    ? "the gateway's TLS key is a file, so nothing binds it" : "the gateway binds no TLS key")
        }
        switch expected.connectionKey {
        case .none: return .notChecked("the evidence did not come over TLS")
        case .spkiSHA256(let found):
            return found == stated ? .pass : .fail(.binding, "the connection's TLS key is not the statement's")
        case .proved(let isProved):
            return isProved ? .pass : .fail(.binding, "the peer does not hold the statement's TLS key")
        }
    }
}
