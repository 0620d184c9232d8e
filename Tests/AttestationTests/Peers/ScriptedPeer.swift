import AttestationFixtures
import Cryptography
import Primitives
import Synchronization
import Testing

@testable import Attestation

/// Another gateway on a forged machine, in this process, which lies in the way that it is told to.
final class ScriptedPeer: PeerFetcher {
    /// What it does that no honest peer does.
    enum Lie: Sendable, CaseIterable {
        case none
        case hangs, redirects, sendsMegabytes, answers503, answers429, answersBusy503, answersNonsense, claimsNoKeys
        case otherHost, yesterday, tomorrow, replayedNonce, otherNonce, bootReport, agentGatewayProfile
        case otherMeasurement, strangersRoot, debuggable, editedStatement
        case publishesOtherKeys, publishesOneMoreKey, bundlesOtherKeys
        /// Somebody in the middle, who passes on what the peer says.
        case otherTLSKey
        /// Not a lie: a TLS key that is born inside.
        case bindsTLSKey
        /// The TLS key is another one at the second look.
        case changesTLSKey
        /// Not a lie: a key is announced between the two answers.
        case announcesKey
    }

    static let origin = "https://peer.example"
    static let measurement = [UInt8](repeating: 0xA5, count: 48)

    let lie: Lie
    let key = ES256PrivateKey.generate().publicKey
    let stranger = ES256PrivateKey.generate().publicKey
    private let platform: FixturePlatform
    private let clock: ManualClock
    private let boundKey = [UInt8](repeating: 0x5A, count: 32)
    private let asked = Mutex<[String]>([])
    private let isPinned = Mutex(0)

    init(_ lie: Lie, clock: ManualClock) throws {
        self.lie = lie
        self.clock = clock
        platform = try FixturePlatform(
            .genoa, kind: .vcek, flaw: lie == .strangersRoot ? .strangersRoot : lie == .debuggable ? .debugPolicy : nil,
            chipID: FixtureEvidence.chip(named: "peer"), at: clock.now())
    }

    /// The root that a judge of this peer believes: its own, but for the one lie about it.
    func roots() throws -> TrustedRoots {
        var root = platform.root
        if lie == .strangersRoot {
            root = try FixturePlatform(.genoa, kind: .vcek, chipID: platform.chipID, at: clock.now()).root
        }
        return TrustedRoots(pinnedSHA256: [SHA256.hash(root)], certificates: [root])
    }

    /// How many of the targets were asked for over pinned connections.
    var pinnedCount: Int { isPinned.withLock { $0 } }

    /// The targets that were asked for, in order.
    var targets: [String] { asked.withLock { $0 } }

    func get(
        _ url: String, pinnedKeySHA256: [UInt8]?, maximumBytes: Int, milliseconds: UInt64
    ) async throws(PeerFetchFault) -> PeerAnswer {
        if let pinnedKeySHA256 {
            guard pinnedKeySHA256 == boundKey, lie != .otherTLSKey else { throw .otherTLSKey }
            isPinned.withLock { $0 += 1 }
        }
        let target = String(url.dropFirst(ScriptedPeer.origin.count))
        let number = asked.withLock { asked in
            asked.append(target)
            return asked.count
        }
        switch lie {
        case .hangs:
            try? await Task.sleep(for: .seconds(86_400))  // pause: silence, until the caller gives up
            throw .unreachable
        case .redirects: return PeerAnswer(status: 307, body: [])
        // A fetcher that forgot its limit.
        case .sendsMegabytes: return PeerAnswer(status: 200, body: [UInt8](repeating: 0x20, count: 4 << 20))
        case .answers503: return PeerAnswer(status: 503, body: Array(#"{"error":"attestation_unavailable"}"#.utf8))
        case .answers429: return PeerAnswer(status: 429, body: [])
        case .answersBusy503: return PeerAnswer(status: 503, retryAfterSeconds: 7, body: [])
        case .answersNonsense where target.contains("report"): return PeerAnswer(status: 200, body: Array("{}".utf8))
        default: break
        }
        guard target.hasPrefix("/api/attestation/report?nonce=") else { return answer(published(number).jwks) }
        do {
            return answer(try bundle(String(target.dropFirst("/api/attestation/report?nonce=".count))).json)
        } catch {
            throw .refused
        }
    }

    private func answer(_ json: JSON) -> PeerAnswer {
        PeerAnswer(status: 200, body: json.bytes)
    }

    private func published(_ number: Int) -> TokenKeySet {
        switch lie {
        case .publishesOtherKeys: TokenKeySet([stranger])
        case .publishesOneMoreKey: TokenKeySet([key, stranger])
        case .claimsNoKeys: TokenKeySet()
        case .announcesKey: number == 1 ? TokenKeySet([key]) : TokenKeySet([key, stranger])
        default: TokenKeySet([key])
        }
    }

    /// The key that the statement binds.
    private var tls: TLSKeyFact {
        switch lie {
        case .bindsTLSKey, .otherTLSKey: TLSKeyFact.inside(spkiSHA256: boundKey) ?? .none
        case .changesTLSKey:
            TLSKeyFact.inside(spkiSHA256: pinnedCount == 0 ? boundKey : [UInt8](repeating: 1, count: 32)) ?? .none
        default: .none
        }
    }

    private func bundle(_ asked: String) throws -> EvidenceBundle {
        var nonce = try #require(CallerNonce(hex: asked))
        let keys = lie == .announcesKey ? TokenKeySet([key, stranger]) : TokenKeySet([key])
        // One whom it has asked itself yesterday.
        if lie == .replayedNonce || lie == .otherNonce { nonce = CallerNonce(random: SeededRandom(seed: 1)) }
        let tree = NonceTree([nonce])
        let seconds: Int64 = lie == .yesterday ? -86_400 : lie == .tomorrow ? 86_400 : 0
        let statement = AttestationStatement(
            gateway: lie == .otherHost ? "https://other.example" : ScriptedPeer.origin,
            issuedAt: clock.now().adding(seconds: seconds), codeHash: String(repeating: "0", count: 64),
            activeKey: key.thumbprint, keys: keys.keys.map(\.thumbprint),
            keySetCommitment: Hex.encode(
                SHA256.hash(Array(keys.keys.map(\.thumbprint).sorted().joined(separator: "\n").utf8))), tls: tls,
            nonceRoot: lie == .bootReport ? nil : tree.root)
        let thumbprint = key.thumbprintBytes
        let data =
            lie == .agentGatewayProfile
            ? ReportProfile.reportData(
                subject: [UInt8](repeating: 0, count: 32), thumbprint: thumbprint, nonceRoot: nil)
            : statement.reportData
        let report = try platform.report { report in
            report.reportData = data?.bytes ?? []
            if self.lie == .otherMeasurement { report.measurement[0] ^= 1 }
        }
        var text = statement.bytes
        if lie == .editedStatement {
            text = Array(String(decoding: text, as: UTF8.self).replacing("\"0000", with: "\"1111").utf8)
        }
        // The last hides the substitution: it claims to be about the nonce that was sent.
        let shown = lie == .replayedNonce ? CallerNonce(hex: asked) ?? nonce : nonce
        return EvidenceBundle(
            profile: lie == .agentGatewayProfile ? .agentGateway1 : .sealgate1,
            evidence: Evidence(
                report: report,
                endorsements: Endorsements(
                    vek: platform.vek, intermediate: platform.intermediate, root: platform.root, crl: platform.crl)),
            statement: lie == .agentGatewayProfile ? nil : text,
            inclusion: lie == .bootReport || lie == .agentGatewayProfile
                ? nil : EvidenceBundle.Inclusion(nonce: shown, path: tree.path(at: 0)),
            keys: lie == .bundlesOtherKeys ? TokenKeySet([stranger]) : keys)
    }
}
