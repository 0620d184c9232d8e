import Cryptography
import Ethereum
import Primitives
import Testing

@testable import Identity

/// Something wrong with a request, and what is said of it.
struct SignedRequestFault: Sendable, CustomTestStringConvertible {
    typealias Claim = SampleRequest.Claim

    let name: String
    let error: RequestSignatureError
    let make: @Sendable (inout SampleRequest, WalletKey) throws -> Void

    init(
        _ name: String, _ error: RequestSignatureError,
        _ make: @escaping @Sendable (inout SampleRequest, WalletKey) throws -> Void
    ) {
        self.name = name
        self.error = error
        self.make = make
    }

    /// A request that was signed as `claim` says.
    init(
        _ name: String, _ error: RequestSignatureError, _ change: @escaping @Sendable (inout Claim) -> Void
    ) {
        self.init(name, error) { request, key in
            var claim = Claim()
            change(&claim)
            try request.sign(key, claim)
        }
    }

    /// A request that was changed after it was signed.
    init(
        after name: String, _ error: RequestSignatureError,
        _ change: @escaping @Sendable (inout SampleRequest) -> Void
    ) {
        self.init(name, error) { request, key in
            try request.sign(key)
            change(&request)
        }
    }

    var testDescription: String { name }

    static let altered: [SignedRequestFault] = [
        SignedRequestFault(after: "another method", .badSignature) { $0.method = "PUT" },
        SignedRequestFault(after: "another path", .badSignature) { $0.path = "/items/" },
        SignedRequestFault(after: "the path in another spelling", .badSignature) { $0.path = "/%69tems" },
        SignedRequestFault(after: "another query", .badSignature) { $0.query = "view=ful" },
        SignedRequestFault(after: "no query", .badSignature) { $0.query = nil },
        SignedRequestFault(after: "another host", .badSignature) {
            $0.origin = WebOrigin(scheme: "https", authority: "other.example")
        },
        SignedRequestFault(after: "another port", .badSignature) {
            $0.origin = WebOrigin(scheme: "https", authority: "gateway.example:8443")
        },
        SignedRequestFault(after: "another scheme", .badSignature) {
            $0.origin = WebOrigin(scheme: "http", authority: "gateway.example")
        },
        SignedRequestFault(after: "another content type", .badSignature) { $0["content-type"] = "text/plain" },
        SignedRequestFault(after: "a second content type", .badSignature) {
            $0.fields.append(("content-type", "text/plain"))
        },
        SignedRequestFault(after: "no content type", .badSignature) {
            $0.fields.removeAll { $0.name == "content-type" }
        },
        SignedRequestFault(after: "another content", .badDigest) { $0.content.append(0x20) },
        SignedRequestFault(after: "no content", .badDigest) { $0.content = [] },
        SignedRequestFault(after: "another content with its digest", .badSignature) {
            $0.content.append(0x20)
            $0["content-digest"] = "sha-256=:\(Base64.encode(SHA256.hash($0.content))):"
        },
        SignedRequestFault(after: "no digest", .digestRequired) { $0.fields.removeAll { $0.name == "content-digest" } },
        SignedRequestFault(after: "no signature", .missing) { $0.fields.removeAll { $0.name == "signature" } },
        SignedRequestFault(after: "no input", .missing) { $0.fields.removeAll { $0.name == "signature-input" } },
        SignedRequestFault(after: "a signature under another label", .inputInvalid) {
            $0["signature"] = "other" + $0["signature"].dropFirst(3)
        },
        SignedRequestFault(after: "a signature that is no bytes", .inputInvalid) { $0["signature"] = "eth=\"AAAA\"" },
        SignedRequestFault(after: "a signature that cannot be read", .inputInvalid) { $0["signature"] += "," },
        SignedRequestFault(after: "an input that cannot be read", .inputInvalid) { $0["signature-input"] += " x" },
        SignedRequestFault(after: "an oversized input", .tooLarge) {
            $0["signature-input"] += ";x=\"" + String(repeating: "a", count: StructuredDictionary.maximumBytes) + "\""
        },
        SignedRequestFault(after: "an oversized signature", .tooLarge) {
            $0["signature"] = "eth=:\(Base64.encode([UInt8](repeating: 1, count: (8 << 10) + 1))):"
        },
        SignedRequestFault(after: "a later end", .badSignature) {
            let now = Gate.start.unixSeconds
            $0["signature-input"] = $0["signature-input"].replacingFirst("\(now + 60)", by: "\(now + 59)")
        },
    ]

    static let claims: [SignedRequestFault] = [
        SignedRequestFault("66 bytes, which may be a contract's", .unsupportedAccount) { request, key in
            try request.sign(key) { $0 + [0] }
        },
        SignedRequestFault("no scheme", .insufficientCoverage) {
            $0.components = ["@authority", "@method", "@path", "@query", "content-digest", "content-type"]
        },
        SignedRequestFault("no authority", .insufficientCoverage) {
            $0.components = ["@scheme", "@method", "@path", "@query", "content-digest", "content-type"]
        },
        SignedRequestFault("no method", .insufficientCoverage) {
            $0.components = ["@scheme", "@authority", "@path", "@query", "content-digest", "content-type"]
        },
        SignedRequestFault("no path", .insufficientCoverage) {
            $0.components = ["@scheme", "@authority", "@method", "@query", "content-digest", "content-type"]
        },
        SignedRequestFault("no query", .insufficientCoverage) {
            $0.components = ["@scheme", "@authority", "@method", "@path", "content-digest", "content-type"]
        },
        SignedRequestFault("no digest", .insufficientCoverage) {
            $0.components = ["@scheme", "@authority", "@method", "@path", "@query", "content-type"]
        },
        SignedRequestFault("no content type", .insufficientCoverage) {
            $0.components = ["@scheme", "@authority", "@method", "@path", "@query", "content-digest"]
        },
        SignedRequestFault("nothing", .insufficientCoverage) { $0.components = [] },
        SignedRequestFault("a field that is not there", .badSignature) { $0.components = full + ["x-else"] },
        SignedRequestFault("an unknown derived component", .notAcceptable) { $0.components = full + ["@status"] },
        SignedRequestFault("the list itself", .notAcceptable) { $0.components = full + ["@signature-params"] },
        SignedRequestFault("a component twice", .inputInvalid) { $0.components = full + ["@path"] },
        SignedRequestFault("a name in upper case", .inputInvalid) { $0.components = full + ["X-Else"] },
        SignedRequestFault("an algorithm", .unsupportedAlgorithm) { $0.more = ";alg=\"eip191\"" },
        SignedRequestFault("no nonce", .nonceRequired) { $0.nonce = "" },
        SignedRequestFault("an empty nonce", .invalidNonce) { $0.nonce = "\"\"" },
        SignedRequestFault("a nonce that is no text", .invalidNonce) { $0.nonce = "5" },
        SignedRequestFault("a nonce of 129 bytes", .invalidNonce) {
            $0.nonce = "\"\(String(repeating: "n", count: 129))\""
        },
        SignedRequestFault("no tag", .notAcceptable) { $0.tag = "" },
        SignedRequestFault("another tag", .notAcceptable) { $0.tag = "\"erc8128-delegated\"" },
        SignedRequestFault("a tag that is no text", .notAcceptable) { $0.tag = "erc8128" },
        SignedRequestFault("a second tag", .notAcceptable) { $0.more = ";tag=\"other\"" },
        SignedRequestFault("no account", .invalidKeyID) { $0.keyID = "\"\"" },
        SignedRequestFault("an account that is no text", .invalidKeyID) { $0.keyID = "eip155" },
        SignedRequestFault("the early revision's account", .invalidKeyID) {
            $0.keyID = "\"erc8128:8453:0x7e5f4552091a69125d5dfcb7b8c2659029395bdf\""
        },
        SignedRequestFault("an account with a checksum", .invalidKeyID) {
            $0.keyID = "\"eip155:8453:0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf\""
        },
        SignedRequestFault("a chain with a zero before it", .invalidKeyID) {
            $0.keyID = "\"eip155:08453:0x7e5f4552091a69125d5dfcb7b8c2659029395bdf\""
        },
        SignedRequestFault("a chain beyond 64 bits", .invalidKeyID) {
            $0.keyID = "\"eip155:18446744073709551616:0x7e5f4552091a69125d5dfcb7b8c2659029395bdf\""
        },
        SignedRequestFault("no chain", .invalidKeyID) {
            $0.keyID = "\"eip155::0x7e5f4552091a69125d5dfcb7b8c2659029395bdf\""
        },
        SignedRequestFault("an account that is cut", .invalidKeyID) {
            $0.keyID = "\"eip155:1:0x7e5f4552091a69125d5dfcb7b8c2659029395bd\""
        },
        SignedRequestFault("a chain that is not served", .unsupportedChain) {
            $0.keyID = "\"eip155:137:0x7e5f4552091a69125d5dfcb7b8c2659029395bdf\""
        },
        SignedRequestFault("another account", .badSignature) {
            $0.keyID = "\"eip155:8453:0x2b5ad5c4795c026514f8317c7a215e218dccd6cf\""
        },
        SignedRequestFault("no window", .invalidTime) { $0.window = 0 },
        SignedRequestFault("an end before its beginning", .invalidTime) { $0.window = -1 },
        SignedRequestFault("a time that is no number", .invalidTime) { $0.more = ";created=\"1\"" },
        SignedRequestFault("a time with a fraction", .invalidTime) { $0.more = ";expires=1763640030.5" },
        SignedRequestFault("a window of 61 s", .validityTooLong) { $0.window = 61 },
    ]
    static let full = [
        "@scheme", "@authority", "@method", "@path", "@query", "content-digest", "content-type",
    ]

    static let all = altered + claims + signatures + digests

    private static let changes: [(name: String, change: @Sendable ([UInt8]) -> [UInt8])] = [
        ("v of 0", { Array($0.dropLast()) + [$0[64] - 27] }), ("v of 29", { Array($0.dropLast()) + [29] }),
        ("the other v", { Array($0.dropLast()) + [$0[64] ^ 7] }), ("64 bytes", { Array($0.dropLast()) }),
        ("no bytes", { _ in [] }), ("zeros", { _ in [UInt8](repeating: 0, count: 65) }),
        ("one bit changed", { [$0[0] ^ 1] + $0.dropFirst() }),
        (
            "a high s",
            { bytes in
                guard let strict = try? WalletSignature(strict: bytes) else { return [] }
                return Hex.decode(Fixed.highS(strict)) ?? []
            }
        ),
    ]

    static let signatures = changes.map { name, change in
        SignedRequestFault(name, .badSignature) { request, key in try request.sign(key, signature: change) }
    }

    private static let badDigests: [(name: String, value: String)] = [
        ("another algorithm alone", "sha-512=:AAAA:"), ("a short digest", "sha-256=:AAAA:"), ("no bytes", "sha-256=1"),
        ("a list", "sha-256=(:AAAA:)"), ("what cannot be read", "sha-256"), ("nothing", "   "),
        ("another content's", "sha-256=:\(Base64.encode(SHA256.hash([])))"), ("a comma", ","),
    ]

    static let digests = badDigests.map { name, value in
        SignedRequestFault("a digest of \(name)", .badDigest) { request, key in
            request["content-digest"] = value
            try request.sign(key)
        }
    }
}

extension String {
    /// The same with the first occurrence of `text` replaced.
    fileprivate func replacingFirst(_ text: String, by other: String) -> String {
        firstRange(of: text).map { self[..<$0.lowerBound] + other + self[$0.upperBound...] } ?? self
    }
}
