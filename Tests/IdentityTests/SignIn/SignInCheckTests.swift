import Ethereum
import Primitives
import Testing

@testable import Identity

@Suite("A Sign-In text must be a login here and now")
struct SignInCheckTests {
    private static let origin = "https://gw.example:8443"
    private static let now = Timestamp(unixSeconds: 1_769_940_000)

    private func text(
        domain: String = "gw.example:8443", uri: String = origin, chain: String = "8453",
        address: String = "0xE8686A1fC1E34C49086e58eD1ee1f9d882dE7f42", issued: Timestamp = now, more: String = ""
    ) -> String {
        """
        \(domain) wants you to sign in with your Ethereum account:
        \(address)


        URI: \(uri)
        Version: 1
        Chain ID: \(chain)
        Nonce: k3Jd92LmQx7Zp0Aa
        Issued At: \(issued.iso8601)\(more)
        """
    }

    private func refusal(_ text: String, at now: Timestamp = now) -> SignInError? {
        do throws(SignInError) {
            let message = try SignInMessage(parsing: text)
            try SignInCheck(origin: SignInCheckTests.origin) { $0 == 8_453 }.check(message, at: now)
            return nil
        } catch {
            return error
        }
    }

    @Test("Our authority, with or without our scheme, and any URI below our origin")
    func ours() {
        #expect(refusal(text()) == nil)
        #expect(refusal(text(domain: "https://gw.example:8443")) == nil)
        for tail in ["/", "/auth/siwe", "?a=b", "#c"] {
            #expect(refusal(text(uri: SignInCheckTests.origin + tail)) == nil)
        }
    }

    @Test(
        "Any other domain is refused: port, user name, case, longer names, scheme",
        arguments: [
            "gw.example", "gw.example:443", "gw.example:84430", "gw.example:", "GW.example:8443", "evil.example:8443",
            "gw.example:8443@evil.example", "user@gw.example:8443", "gw.example.:8443", "a.gw.example:8443",
            "http://gw.example:8443", "HTTPS://gw.example:8443", "gw.example:08443",
        ])
    func otherDomain(domain: String) {
        #expect(refusal(text(domain: domain)) == .otherDomain)
    }

    @Test(
        "Any other URI is refused",
        arguments: [
            "https://gw.example", "https://gw.example:84430/", "https://gw.example.evil.example:8443/",
            "https://gw.example:8443@evil.example/", "http://gw.example:8443/", "urn:gw.example:8443",
            "https://evil.example/https://gw.example:8443",
        ])
    func otherURI(uri: String) {
        #expect(refusal(text(uri: uri)) == .otherURI)
    }

    @Test("Chains that are not served, and addresses without checksum")
    func chainAndAddress() {
        #expect(refusal(text(chain: "1")) == .chainNotServed)
        #expect(refusal(text(chain: "08453")) == nil, "the grammar takes leading zeros; they name the same chain")
        #expect(refusal(text(address: "0xe8686a1fc1e34c49086e58ed1ee1f9d882de7f42")) == .addressWithoutChecksum)
        #expect(refusal(text(address: "0xE8686A1FC1E34C49086E58ED1EE1F9D882DE7F42")) == .addressWithoutChecksum)
    }

    @Test("Times: at, just before and just after each edge")
    func times() {
        let now = SignInCheckTests.now
        let millisecond: Int64 = 1
        func issued(_ moment: Timestamp) -> SignInError? { refusal(text(issued: moment)) }
        let ahead = now.adding(seconds: SignInCheck.clockSkewSeconds)
        #expect(issued(ahead) == nil)
        #expect(issued(ahead.adding(milliseconds: millisecond)) == .notCurrent)
        let oldest = now.adding(seconds: -SignInCheck.maximumAgeSeconds)
        #expect(issued(oldest) == .notCurrent)
        #expect(issued(oldest.adding(milliseconds: millisecond)) == nil)
        func field(_ name: String, _ offset: Int64) -> SignInError? {
            refusal(text(more: "\n\(name): \(now.adding(milliseconds: offset).iso8601)"))
        }
        #expect(field("Expiration Time", 1) == nil)
        #expect(field("Expiration Time", 0) == .expired)
        #expect(field("Expiration Time", -1) == .expired)
        #expect(field("Not Before", -1) == nil)
        #expect(field("Not Before", 0) == nil)
        #expect(field("Not Before", 1) == .notYetValid)
    }

    @Test("Each vector is judged as it says; where it leaves the choice, the grammar is followed")
    func vectors() async throws {
        let cases = try SignInVectors.cases()
        #expect(cases.count > 20)
        for vector in cases {
            let expect = try #require(vector["expect"])
            let now = try #require(expect["now"]?.string.flatMap { Timestamp(iso8601: $0) })
            let refusal = await SignInVectors.refusal(
                try #require(vector["message"]?.string), signature: try #require(vector["signature"]?.string),
                origin: "https://" + (expect["domain"]?.string ?? ""), nonce: expect["nonce"]?.string ?? "",
                chainID: UInt64(expect["chainId"]?.integer ?? 0), at: now)
            let isGood = vector["accept"]?.bool ?? true
            #expect((refusal == nil) == isGood, "\(vector["id"]?.string ?? ""): \(String(describing: refusal))")
        }
    }
}
