import Attestation
import Cryptography
import Primitives
import Testing

@Suite("A release list counts under the release key, in its time, and until a newer one")
struct ReleaseListTests {
    private static let now = Timestamp(unixSeconds: 1_790_000_000)
    private static let list = ReleaseList(
        issue: 7, expiresAt: now.adding(seconds: 60),
        releases: [
            .init(measurement: [UInt8](repeating: 1, count: 48), note: "2.1.0, own host"),
            .init(
                measurement: [UInt8](repeating: 2, count: 48), note: "b",
                minimumTCB: [TCBFloor(product: .genoa, model: 17, minimum: [.snp: 23, .microcode: 72])]),
        ])

    private func key(_ number: UInt8 = 1) throws -> Ed25519PrivateKey {
        try Ed25519PrivateKey(seed: Secret(copying: [UInt8](repeating: number, count: 32)))
    }

    private func envelope(
        _ payload: [UInt8], by keys: [Ed25519PrivateKey], type: String = ReleaseList.payloadType
    ) -> [UInt8] {
        DSSEEnvelope(payloadType: type, payload: payload, signedBy: keys).fileBytes
    }

    private func fault(_ file: [UInt8]) throws -> ReleaseListFault? {
        let key = try key().publicKey
        do throws(ReleaseListFault) {
            _ = try ReleaseList(file, signedBy: key)
            return nil
        } catch {
            return error
        }
    }

    @Test("One that is signed is read as it was written")
    func read() throws {
        let file = envelope(Self.list.json.bytes, by: [try key(2), try key()])
        let read = try ReleaseList(file, signedBy: try key().publicKey)
        #expect(read == Self.list)
        #expect(read[[UInt8](repeating: 2, count: 48)]?.minimumTCB.count == 1)
        #expect(read[[UInt8](repeating: 3, count: 48)] == nil)
    }

    @Test("Nobody else's signature counts, none does, and no byte may change")
    func signatures() throws {
        #expect(try fault(envelope(Self.list.json.bytes, by: [key(2)])) == .notSigned)
        #expect(try fault(envelope(Self.list.json.bytes, by: [])) == .notSigned)
        let good = DSSEEnvelope(
            payloadType: ReleaseList.payloadType, payload: Self.list.json.bytes, signedBy: [try key()])
        let other = DSSEEnvelope(
            payloadType: good.payloadType, payload: Self.list.json.bytes + [0x20], signatures: good.signatures)
        #expect(try fault(other.fileBytes) == .notSigned)
        #expect(
            try fault(envelope(Self.list.json.bytes, by: [key()], type: DSSEEnvelope.inTotoType))
                == .otherType(DSSEEnvelope.inTotoType))
        #expect(try fault([1, 2, 3]) == .envelope(.notJSON))
    }

    static let bad: [(String, String)] = [
        (#""issue":7"#, #""issue":0"#), (#""issue":7"#, #""issue":"7""#), (#""issue":7,"#, ""),
        (#""expiresAt""#, #""expires""#), ("sealgate-release-list/1", "sealgate-release-list/2"),
        (#""note":"b","#, ""), (#""note":"b","#, #""note":"b","noted":"c","#),
        (String(repeating: "02", count: 48), String(repeating: "01", count: 48)),
        (String(repeating: "02", count: 48), String(repeating: "02", count: 47)), (#""snp""#, #""fmc""#),
        (#""product":"genoa""#, #""product":"rome""#),
    ]

    @Test("What is signed is read strictly", arguments: bad)
    func strict(from: String, to: String) throws {
        let text = Self.list.json.text
        #expect(text.contains(from))
        let found = try fault(envelope(Array(text.replacing(from, with: to, maxReplacements: 1).utf8), by: [key()]))
        guard case .content = found else {
            Issue.record("\(String(describing: found))")
            return
        }
    }

    @Test("What `envelope` signs is read back, and a list that is not signed is read as strictly")
    func sign() throws {
        let file = Self.list.envelope(signedBy: try key()).fileBytes
        #expect(try ReleaseList(file, signedBy: key().publicKey) == Self.list)
        #expect(try ReleaseList(unsigned: Self.list.json.bytes) == Self.list)
        #expect(throws: ReleaseListFault.content(path: "", detail: "is not JSON")) {
            try ReleaseList(unsigned: Array("{".utf8))
        }
        for (from, to) in Self.bad {
            let text = Self.list.json.text.replacing(from, with: to, maxReplacements: 1)
            #expect(throws: ReleaseListFault.self) { try ReleaseList(unsigned: Array(text.utf8)) }
        }
    }

    @Test("An empty list is none, and one has at most so many releases")
    func counts() throws {
        func with(_ count: Int) throws -> ReleaseListFault? {
            let releases = (0..<count).map { number in
                ReleaseList.Release(
                    measurement: [UInt8](repeating: 0, count: 46) + [UInt8(number >> 8), UInt8(number & 255)],
                    note: "b")
            }
            let list = ReleaseList(issue: 1, expiresAt: Self.now, releases: releases)
            return try fault(envelope(list.json.bytes, by: [key()]))
        }
        #expect(try with(0) != nil)
        #expect(try with(1) == nil)
        #expect(try with(ReleaseList.maximumReleases) == nil)
        #expect(try with(ReleaseList.maximumReleases + 1) != nil)
    }

    @Test("It ends at its moment")
    func expiry() {
        let end = Self.list.expiresAt
        #expect(throws: Never.self) { try Self.list.check(at: end.adding(milliseconds: -1)) }
        #expect(throws: ReleaseListFault.expired(end.iso8601)) { try Self.list.check(at: end) }
    }

    @Test("The higher issue counts; an older one and a second of the same number change nothing")
    func issues() throws {
        func issue(_ number: Int64, _ seconds: Int64 = 60) -> ReleaseList {
            ReleaseList(issue: number, expiresAt: Self.now.adding(seconds: seconds), releases: Self.list.releases)
        }
        #expect(try issue(7).replaced(by: issue(8)) == issue(8))
        #expect(try issue(7).replaced(by: issue(7)) == issue(7))
        #expect(throws: ReleaseListFault.older(issue: 6, known: 7)) { try issue(7).replaced(by: issue(6)) }
        #expect(throws: ReleaseListFault.twoOfOneIssue(7)) { try issue(7).replaced(by: issue(7, 61)) }
    }
}
