import Cryptography
import Primitives
import Testing

@testable import Identity

@Suite("DPoP proofs")
struct DPoPProofTests {
    static let cases = Vectors.cases("dpop")
    private static let token = "a.token"

    private func refusal(_ offer: ProofOffer, at now: Timestamp = Gate.start) -> DPoPError? {
        do throws(DPoPError) {
            _ = try DPoPProof(offer, to: Gate.origin, token: Self.token, at: now)
            return nil
        } catch {
            return error
        }
    }

    @Test("Each vector is accepted or refused as it says", arguments: cases)
    func vector(_ vector: JSON) throws {
        let token = try #require(vector["accessToken"]?.string)
        let claims = try JSON(parsing: try #require(Base64.decodeURL(token.split(separator: ".")[1])))
        let url = try #require(vector["url"]?.string)
        let origin = "https://mcp.example"
        let offer = ProofOffer(
            try #require(vector["proof"]?.string), method: try #require(vector["method"]?.string),
            path: String(url.dropFirst(origin.count)))
        let now = Timestamp(unixSeconds: try #require(vector["now"]?.integer))
        let proof = try? DPoPProof(offer, to: origin, token: token, at: now)
        let isGood = proof.map { $0.thumbprint == claims["cnf"]?["jkt"]?.string } ?? false
        #expect(isGood == vector["accept"]?.bool)
    }

    /// What is wrong with a proof, and what is said of it.
    enum Fault: String, CaseIterable, Sendable {
        case typeJWT, noType, algorithmNone, algorithmHS256, critical, keyID, jsonWebKeyURL
        case noKey, privateKey, otherCurve, notOnCurve, embeddedText
        case otherSigner, cut, padded, empty, fourParts, tooLong
        case noID, emptyID, longID, noMethod, otherMethod, lowerMethod, noTarget, otherHost, otherPort, otherScheme
        case otherPath, relativeTarget, noTime, textTime, old, ahead, distant, noHash, otherHash

        var expected: DPoPError {
            switch self {
            case .typeJWT, .noType, .algorithmNone, .algorithmHS256, .critical, .keyID, .jsonWebKeyURL: .wrongHeader
            case .privateKey, .otherCurve, .notOnCurve, .embeddedText: .wrongKey
            case .otherSigner: .badSignature
            case .otherMethod, .lowerMethod, .otherHost, .otherPort, .otherScheme, .otherPath, .relativeTarget:
                .otherRequest
            case .old, .ahead, .distant: .wrongTime
            case .noHash, .otherHash: .otherToken
            default: .malformed
            }
        }

        func apply(to draft: inout ProofMaker.Draft) {
            switch self {
            case .typeJWT: draft.header["typ"] = "JWT"
            case .noType: draft.header["typ"] = nil
            case .algorithmNone: draft.header["alg"] = "none"
            case .algorithmHS256: draft.header["alg"] = "HS256"
            case .critical: draft.header["crit"] = ["x"]
            case .keyID: draft.header["kid"] = "k"
            case .jsonWebKeyURL: draft.header["jku"] = "https://evil.example/keys"
            case .noKey: draft.header["jwk"] = nil
            case .privateKey: setKey("d", "AAAA", in: &draft)
            case .otherCurve: setKey("crv", "secp256k1", in: &draft)
            case .notOnCurve: setKey("x", .string(Base64.encodeURL([UInt8](repeating: 1, count: 32))), in: &draft)
            case .embeddedText: draft.header["jwk"] = "key"
            default: applyToClaims(&draft)
            }
        }

        private func applyToClaims(_ draft: inout ProofMaker.Draft) {
            let now = Gate.start.unixSeconds
            switch self {
            case .noID: draft.claims["jti"] = nil
            case .emptyID: draft.claims["jti"] = ""
            case .longID: draft.claims["jti"] = .string(String(repeating: "j", count: 129))
            case .noMethod: draft.claims["htm"] = nil
            case .otherMethod: draft.claims["htm"] = "POST"
            case .lowerMethod: draft.claims["htm"] = "get"
            case .noTarget: draft.claims["htu"] = nil
            case .otherHost: draft.claims["htu"] = "https://gateway.example.evil/wallet/balance"
            case .otherPort: draft.claims["htu"] = "https://gateway.example:444/wallet/balance"
            case .otherScheme: draft.claims["htu"] = "http://gateway.example/wallet/balance"
            case .otherPath: draft.claims["htu"] = "https://gateway.example/wallet/balance/"
            case .relativeTarget: draft.claims["htu"] = "/wallet/balance"
            case .noTime: draft.claims["iat"] = nil
            case .textTime: draft.claims["iat"] = .string(String(now))
            case .old: draft.claims["iat"] = .integer(now - DPoPProof.maximumAgeSeconds - 1)
            case .ahead: draft.claims["iat"] = .integer(now + DPoPProof.skewSeconds + 1)
            case .distant: draft.claims["iat"] = .integer(.min)
            case .noHash: draft.claims["ath"] = nil
            case .otherHash: draft.claims["ath"] = .string(Base64.encodeURL(SHA256.hash(Array("b.token".utf8))))
            default: break
            }
        }

        private func setKey(_ name: String, _ value: JSON, in draft: inout ProofMaker.Draft) {
            let others = draft.header["jwk"]?.members?.filter { $0.name != name } ?? []
            draft.header["jwk"] = .object(others + [JSON.Member(name, value)])
        }

        func text(_ maker: ProofMaker, _ draft: ProofMaker.Draft) -> String {
            let text = maker.sign(draft, with: self == .otherSigner ? .generate() : nil)
            switch self {
            case .cut: return String(text.prefix { $0 != "." })
            case .padded: return text + "="
            case .empty: return ""
            case .fourParts: return text + ".AA"
            case .tooLong: return text + String(repeating: "A", count: DPoPProof.maximumBytes)
            default: return text
            }
        }
    }

    @Test("Every altered proof is refused", arguments: Fault.allCases)
    func altered(fault: Fault) {
        let maker = ProofMaker()
        var draft = maker.draft(token: Self.token)
        #expect(refusal(ProofOffer(maker.sign(draft), method: "GET", path: "/wallet/balance")) == nil)
        fault.apply(to: &draft)
        #expect(
            refusal(ProofOffer(fault.text(maker, draft), method: "GET", path: "/wallet/balance")) == fault.expected)
    }

    @Test("Its age has a second's edge on both sides", arguments: [-31, -30, 60, 61])
    func age(seconds: Int64) {
        let offer = ProofMaker().offer(token: Self.token)
        let expected: DPoPError? = (-30...60).contains(seconds) ? nil : .wrongTime
        #expect(refusal(offer, at: Gate.start.adding(seconds: seconds)) == expected)
    }

    @Test(
        "The address may be spelled in any way that is the same address",
        arguments: [
            ("https://gateway.example/a/b", "/a/b"), ("HTTPS://Gateway.Example/a/b", "/a/b"),
            ("https://gateway.example:443/a/b", "/a/b"), ("https://gateway.example/a/b?x=1#y", "/a/b"),
            ("https://gateway.example/%61/b", "/a/b"), ("https://gateway.example/a%2fb", "/a%2Fb"),
            ("https://gateway.example/~u", "/%7Eu"), ("https://gateway.example", "/"),
            ("https://gateway.example?x=/y", "/"),
        ])
    func spelling(target: String, path: String) {
        let maker = ProofMaker()
        var draft = maker.draft(token: Self.token)
        draft.claims["htu"] = .string(target)
        #expect(refusal(ProofOffer(maker.sign(draft), method: "GET", path: path)) == nil)
    }

    @Test(
        "and in no way that is another",
        arguments: [
            ("https://gateway.example/a%2fb", "/a/b"), ("https://gateway.example/a/%", "/a/%"),
            ("https://gateway.example/a/%6", "/a/%6"), ("https://user@gateway.example/a", "/a"),
            ("https:/gateway.example/a", "/a"), ("https://gateway.example/A", "/a"), ("", "/"),
        ])
    func otherAddress(target: String, path: String) {
        let maker = ProofMaker()
        var draft = maker.draft(token: Self.token)
        draft.claims["htu"] = .string(target)
        #expect(refusal(ProofOffer(maker.sign(draft), method: "GET", path: path)) == .otherRequest)
    }
}
