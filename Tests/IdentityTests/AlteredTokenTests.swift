import Cryptography
import DatabaseFixtures
import Ethereum
import Primitives
import Testing

@testable import Identity

@Suite("Altered session tokens", .onEveryEngine)
struct AlteredTokenTests {
    /// What is wrong with a token, and what is said of it.
    enum Fault: String, CaseIterable, Sendable {
        case otherKey, otherKeyID, noKeyID, algorithmNone, algorithmHS256, typeJWT, embeddedKey, critical, zip
        case otherIssuer, otherAudience, noExpiry, expired, notYet, noID, noSubject, unknownSession
        case signatureCut, signatureZero, payloadAltered, padded, fourParts, empty, tooLong

        var expected: AuthenticationError {
            switch self {
            case .otherKey, .otherKeyID, .noKeyID, .signatureZero, .payloadAltered, .signatureCut: .signatureInvalid
            case .expired: .expired
            case .unknownSession: .revoked
            default: .malformed
            }
        }
    }

    @Test("Every altered token is refused", arguments: Fault.allCases)
    func altered(fault: Fault) async throws {
        let gate = try await Gate.open()
        let grant = try await gate.logIn(try Fixed.wallet())
        let token = try forge(grant, gate, fault)
        #expect(token != grant.token)
        #expect(await refusal(gate, token) == fault.expected)
        #expect(await refusal(gate, grant.token) == nil)
        await gate.close()
    }

    private func forge(_ grant: LoginGrant, _ gate: Gate, _ fault: Fault) throws -> String {
        let parts = grant.token.split(separator: ".").map(String.init)
        switch fault {
        case .signatureCut: return String(grant.token.dropLast(2))
        case .signatureZero: return parts[0] + "." + parts[1] + "." + Base64.encodeURL([UInt8](repeating: 0, count: 64))
        case .payloadAltered: return parts[0] + "." + Base64.encodeURL(Array("{}".utf8)) + "." + parts[2]
        case .padded: return grant.token + "="
        case .fourParts: return grant.token + ".AA"
        case .empty: return ""
        case .tooLong: return grant.token + String(repeating: "A", count: TokenVerifier.maximumBytes)
        default: break
        }
        var header: [String: JSON] = [
            "alg": "ES256", "kid": .string(gate.sessionKey.publicKey.thumbprint), "typ": "at+jwt",
        ]
        var claims: [String: JSON] = [
            "iss": .string(Gate.origin), "aud": .string(Gate.origin), "sub": .string(grant.address.lowercase),
            "jti": .string(grant.sessionID), "iat": .integer(Gate.start.unixSeconds),
            "exp": .integer(grant.expiresAt.unixSeconds),
        ]
        var key = gate.sessionKey
        switch fault {
        case .otherKey: key = .generate()
        case .otherKeyID: header["kid"] = .string(ES256PrivateKey.generate().publicKey.thumbprint)
        case .noKeyID: header["kid"] = nil
        case .algorithmNone: header["alg"] = "none"
        case .algorithmHS256: header["alg"] = "HS256"
        case .typeJWT: header["typ"] = "JWT"
        case .embeddedKey: header["jwk"] = gate.sessionKey.publicKey.jwk
        case .critical: header["crit"] = ["x"]
        case .zip: header["zip"] = "DEF"
        case .otherIssuer: claims["iss"] = "https://evil.example"
        case .otherAudience: claims["aud"] = "https://mcp.example"
        case .noExpiry: claims["exp"] = nil
        case .expired: claims["exp"] = .integer(Gate.start.unixSeconds - 61)
        case .notYet: claims["iat"] = .integer(Gate.start.unixSeconds + 61)
        case .noID: claims["jti"] = nil
        case .noSubject: claims["sub"] = "alice"
        case .unknownSession: claims["jti"] = "lgn_00000000000000000000000000"
        default: break
        }
        func encode(_ members: [String: JSON]) -> String {
            Base64.encodeURL(JSON.object(members.map { JSON.Member($0.key, $0.value) }).canonicalBytes)
        }
        let signed = encode(header) + "." + encode(claims)
        return signed + "." + Base64.encodeURL(key.sign(Array(signed.utf8)))
    }
}
