import Ethereum
import Primitives
import Testing

@testable import Identity

@Suite("A Sign-In text is read by the grammar of EIP-4361 alone")
struct SignInMessageTests {
    /// A text with every field; each test changes one thing.
    static let whole = """
        https://gw.example wants you to sign in with your Ethereum account:
        0xE8686A1fC1E34C49086e58eD1ee1f9d882dE7f42

        A statement: (with) marks!

        URI: https://gw.example/auth?a=b%20c#d
        Version: 1
        Chain ID: 8453
        Nonce: k3Jd92LmQx7Zp0Aa
        Issued At: 2026-02-01T10:00:00Z
        Expiration Time: 2026-02-01T10:05:00.250Z
        Not Before: 2026-02-01T11:59:00+02:00
        Request ID: req.1-2:@%41
        Resources:
        - https://gw.example/tos
        - urn:gw:scope:chat
        """

    private func part(_ text: String) -> SignInPart? {
        do throws(SignInError) {
            _ = try SignInMessage(parsing: text)
            return nil
        } catch {
            guard case .malformed(let part) = error else {
                Issue.record("\(error)")
                return nil
            }
            return part
        }
    }

    @Test("Every field comes out as it stands there")
    func fields() throws {
        let message = try SignInMessage(parsing: SignInMessageTests.whole)
        #expect(message.scheme == "https" && message.domain == "gw.example")
        #expect(message.address.checksummed == "0xE8686A1fC1E34C49086e58eD1ee1f9d882dE7f42" && message.isChecksummed)
        #expect(message.statement == "A statement: (with) marks!")
        #expect(message.uri == "https://gw.example/auth?a=b%20c#d")
        #expect(message.chainID == 8_453 && message.nonce == "k3Jd92LmQx7Zp0Aa")
        let issuedAt = Timestamp(unixSeconds: 1_769_940_000)
        #expect(message.issuedAt == issuedAt)
        #expect(message.expiresAt == issuedAt.adding(milliseconds: 300_250))
        #expect(message.notBefore == issuedAt.adding(seconds: -60))
        #expect(message.requestID == "req.1-2:@%41")
        #expect(message.resources == ["https://gw.example/tos", "urn:gw:scope:chat"])
    }

    @Test("No statement is two empty lines, an empty one three; lists and ids may be empty")
    func emptiness() throws {
        func statement(_ text: String) throws -> String? { try SignInMessage(parsing: text).statement }
        let whole = SignInMessageTests.whole
        #expect(try statement(whole.replacing("A statement: (with) marks!\n\n", with: "\n")) == nil)
        #expect(try statement(whole.replacing("A statement: (with) marks!", with: "")) == "")
        #expect(part(whole.replacing("A statement: (with) marks!\n\n", with: "")) == .statement)
        #expect(part(whole.replacing("A statement: (with) marks!", with: "\n")) == .uri)
        let bare = whole.replacing("\n- https://gw.example/tos\n- urn:gw:scope:chat", with: "")
        #expect(try SignInMessage(parsing: bare).resources == [])
        #expect(try SignInMessage(parsing: bare.replacing("req.1-2:@%41", with: "")).requestID == "")
    }

    @Test(
        "What the grammar does not have is refused, and the part is named",
        arguments: [
            ("https://gw", "gw:/", SignInPart.domain), ("https://gw", "1https://gw", .domain),
            ("https://gw.example wants", " wants", .domain), ("https://gw.example wants", "gw.example  wants", .domain),
            ("gw.example wants", "gw.example/a wants", .domain), ("gw.example wants", "gw.example:8x wants", .domain),
            ("gw.example wants", "[::1 wants", .domain), ("gw.example wants", "a@b@c wants", .domain),
            ("gw.example wants", "%zz wants", .domain), ("Ethereum account:", "Ethereum account: ", .domain),
            ("Ethereum account:\n", "Ethereum account:\r\n", .text), ("0xE8686A", "0xe8686A", .address),
            ("7f42\n", "7f4\n", .address), ("7f42\n", "7f42 \n", .address), ("0xE8686A", "E8686A", .address),
            ("7f42\n\n", "7f42\n", .statement), ("7f42\n\n", "7f42\n \n", .statement),
            ("A statement", "A \"statement\"", .statement), ("A statement", "100% statement", .statement),
            ("A statement", "Ein Satz für", .text), ("A statement", "A\tstatement", .text),
            ("marks!\n\n", "marks!\nmore\n\n", .statement), ("marks!\n\n", "marks!\n\n\n", .uri),
            ("URI: https", "URI:https", .uri), ("URI: https", "uri: https", .uri), ("URI: https:", "URI: ", .uri),
            ("URI: https:", "URI: 1:", .uri), ("auth?", "auth|?", .uri), ("%20c", "%2g", .uri), ("#d", "#d#e", .uri),
            ("https://gw.example/auth", "https:///auth", .uri), ("Version: 1", "Version: 2", .version),
            ("Version: 1", "Version: 01", .version), ("Version: 1\n", "", .version),
            ("Chain ID: 8453", "Chain ID: ", .chainID), ("Chain ID: 8453", "Chain ID: 0x2105", .chainID),
            ("Chain ID: 8453", "Chain ID: -1", .chainID), ("Chain ID: 8453", "Chain ID: 8453 ", .chainID),
            ("Chain ID: 8453", "Chain ID: 18446744073709551616", .chainID),
            ("k3Jd92LmQx7Zp0Aa", "abc1234", .nonce), ("k3Jd92LmQx7Zp0Aa", "abcd-1234", .nonce),
            ("k3Jd92LmQx7Zp0Aa", "", .nonce), ("01T10:00:00Z", "01T10:00:00", .issuedAt),
            ("01T10:00:00Z", "30T10:00:00Z", .issuedAt), ("01T10:00:00Z", "01 10:00:00Z", .issuedAt),
            ("Issued At: 2026-02-01T10:00:00Z\n", "", .issuedAt), ("10:05:00.250Z", "10:05:00.Z", .expirationTime),
            ("11:59:00+02:00", "11:59:00+0200", .notBefore), ("req.1-2", "req 1", .requestID),
            ("req.1-2", "req/1", .requestID), ("Resources:", "Resources: ", .resources),
            ("Resources:", "Resource:", .end), ("- urn:gw", "- /gw", .resources), ("- urn:gw", "urn:gw", .end),
            ("- urn:gw", "-  urn:gw", .resources), ("scope:chat", "scope:chat\n", .end),
            ("scope:chat", "scope:chat\nTerms: none", .end),
        ])
    func refusals(replaced: String, by replacement: String, expected: SignInPart) {
        let text = SignInMessageTests.whole.replacing(replaced, with: replacement, maxReplacements: 1)
        #expect(text != SignInMessageTests.whole)
        #expect(part(text) == expected)
    }

    @Test("Fields out of order, twice, or of another text are not found")
    func order() {
        let lines = SignInMessageTests.whole.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for index in 5..<lines.count - 2 where !lines[index + 1].hasPrefix("- ") {
            var swapped = lines
            swapped.swapAt(index, index + 1)
            #expect(part(swapped.joined(separator: "\n")) != nil, "\(lines[index])")
            var doubled = lines
            doubled.insert(lines[index], at: index)
            #expect(part(doubled.joined(separator: "\n")) != nil, "\(lines[index])")
        }
        #expect(part("") == .domain)
    }

    @Test("Length and resources: at the limit taken, above it refused")
    func limits() {
        let list = "\n- https://gw.example/tos\n- urn:gw:scope:chat"
        func text(resources: Int) -> String {
            SignInMessageTests.whole.replacing(list, with: String(repeating: "\n- a:b", count: resources))
        }
        #expect(part(text(resources: SignInMessage.maximumResources)) == nil)
        #expect(part(text(resources: SignInMessage.maximumResources + 1)) == .resources)
        func text(bytes: Int) -> String {
            let room = bytes - SignInMessageTests.whole.utf8.count
            return SignInMessageTests.whole.replacing("marks!", with: "marks!" + String(repeating: "a", count: room))
        }
        #expect(part(text(bytes: SignInMessage.maximumBytes)) == nil)
        #expect(part(text(bytes: SignInMessage.maximumBytes + 1)) == .text)
    }

    @Test("Whatever is changed in a text, what is read stands there, and nothing else does")
    func mutations() {
        let random = SeededRandom(seed: 4_361)
        let whole = Array(SignInMessageTests.whole.utf8)
        let pieces = ["\n", "://", "@", ":", " ", "%41", "\n\n", "Nonce: ", "- a:b", "\r", "é", "8453"].map {
            Array($0.utf8)
        }
        #expect(SignInInvariants.violation(whole) == nil)
        for _ in 0..<5_000 {
            var text = whole
            for _ in 0..<Int(random.bytes(1)[0] % 3) + 1 where !text.isEmpty {
                let dice = random.bytes(4).map(Int.init)
                let place = (dice[0] << 8 | dice[1]) % text.count
                switch dice[2] % 4 {
                case 0: text[place] = UInt8(dice[3])
                case 1: text.insert(contentsOf: pieces[dice[3] % pieces.count], at: place)
                case 2: text.removeSubrange(place..<min(text.count, place + dice[3] % 8 + 1))
                default: text = Array(text.prefix(place + 1))
                }
            }
            let violation = SignInInvariants.violation(text)
            #expect(violation == nil, "\(violation ?? ""): \(String(decoding: text, as: UTF8.self))")
        }
    }

    @Test("What the reference implementation reads is read the same, and what it refuses is refused")
    func reference() throws {
        for member in try SignInVectors.referenceCases("parsing_positive") {
            let message = try SignInMessage(parsing: try #require(member.value["message"]?.string))
            let fields = try #require(member.value["fields"])
            #expect(message.domain == fields["domain"]?.string, "\(member.name)")
            #expect(message.scheme == fields["scheme"]?.string, "\(member.name)")
            #expect(message.address.checksummed == fields["address"]?.string, "\(member.name)")
            #expect(message.statement == fields["statement"]?.string, "\(member.name)")
            #expect(message.uri == fields["uri"]?.string, "\(member.name)")
            #expect(message.chainID == fields["chainId"]?.integer.map { UInt64($0) }, "\(member.name)")
            #expect(message.nonce == fields["nonce"]?.string, "\(member.name)")
            #expect(message.resources == fields["resources"]?.array?.compactMap(\.string), "\(member.name)")
            #expect(
                message.issuedAt == fields["issuedAt"]?.string.flatMap { Timestamp(iso8601: $0) }, "\(member.name)")
        }
        for member in try SignInVectors.referenceCases("parsing_negative") {
            let text = try #require(member.value.string)
            // Grammatical for us is an address without checksum; the check refuses it.
            let message = try? SignInMessage(parsing: text)
            #expect(message == nil || message?.isChecksummed == false, "\(member.name)")
        }
    }
}
