import Cryptography
import Ethereum
import Primitives
import Testing

@testable import Identity

/// A gate that takes signed requests.
struct SignedStand {
    let gate: Gate
    let requests: SignedRequests

    static func open(
        revisions: Set<SignatureRevision> = [.b], clock: ManualClock = ManualClock(Gate.start),
        signatures: any AccountSignatures = ChainSignatures(
            SignatureCheck(chains: [ServedChain(id: 8_453), ServedChain(id: 1)]))
    ) async throws -> SignedStand {
        let gate = try await Gate.open(clock: clock)
        return SignedStand(
            gate: gate,
            requests: SignedRequests(
                revisions: revisions, origin: SampleRequest().origin, signatures: signatures, wallets: gate.wallets,
                database: gate.database,
                clock: clock, random: SystemRandom()))
    }

    /// Why the request is refused; nil if it is served.
    func refusal(_ request: SampleRequest) async -> RequestSignatureError? {
        do throws(RequestSignatureError) {
            _ = try await requests.principal(of: request.message) { SHA256.hash(request.content) }
            return nil
        } catch {
            return error
        }
    }

    func principal(_ request: SampleRequest) async throws -> Principal {
        try await requests.principal(of: request.message) { SHA256.hash(request.content) }
    }
}

/// A request that a test signs, and then changes.
struct SampleRequest: Sendable {
    var method = "POST"
    var origin = WebOrigin(scheme: "https", authority: "gateway.example")
    var path = "/items"
    var query: String? = "view=full"
    var content = Array("{\"hello\":\"world\"}".utf8)
    var fields: [(name: String, value: String)] = [("content-type", "application/json")]

    var message: SignedMessage {
        let fields = fields
        return SignedMessage(
            method: method, origin: origin, path: path, query: query,
            hasContent: !content.isEmpty
        ) { name in fields.filter { $0.name == name }.map(\.value) }
    }

    subscript(_ name: String) -> String {
        get { fields.first { $0.name == name }?.value ?? "" }
        set {
            fields.removeAll { $0.name == name }
            fields.append((name, newValue))
        }
    }

    /// Without content and query.
    static let bare = SampleRequest(method: "GET", path: "/wallet/balance", query: nil, content: [], fields: [])

    /// What a signature says of itself.
    struct Claim: Sendable {
        var label = "eth"
        /// Nil for what the request needs.
        var components: [String]?
        var created = Gate.start.unixSeconds
        var window: Int64 = 60
        var nonce = "\"EjRWeJCrze8BI0VniavN7w\""
        var keyID: String?
        var tag = "\"erc8128\""
        var more = ""
    }

    /// Adds digest, input and signature of `key`; what a claim says is signed as it says it. A second one stands beside
    /// the first.
    mutating func sign(_ key: WalletKey, _ claim: Claim = Claim(), signature: (([UInt8]) -> [UInt8])? = nil) throws {
        if !content.isEmpty, self["content-digest"].isEmpty {
            self["content-digest"] = "sha-256=:\(Base64.encode(SHA256.hash(content))):"
        }
        let components = claim.components ?? SignatureCoverage.required(for: message, .b)
        var text = ""
        for name in components { text += "\"\(name)\": \(message.component(name) ?? "")\n" }
        let keyID = claim.keyID ?? "\"eip155:8453:\(key.address.lowercase)\""
        let input =
            "(\(components.map { "\"\($0)\"" }.joined(separator: " ")))"
            + ";created=\(claim.created);expires=\(claim.created + claim.window)"
            + (claim.nonce.isEmpty ? "" : ";nonce=\(claim.nonce)") + ";keyid=\(keyID)"
            + (claim.tag.isEmpty ? "" : ";tag=\(claim.tag)") + claim.more
        text += "\"@signature-params\": \(input)"
        let signed = key.sign(personalMessage: Array(text.utf8)).bytes
        add("signature-input", "\(claim.label)=\(input)")
        add("signature", "\(claim.label)=:\(Base64.encode(signature?(signed) ?? signed)):")
    }

    private mutating func add(_ name: String, _ value: String) {
        fields.append((name, value))
    }
}
