import Attestation
import Cryptography
import DeviceSimulation
import Foundation
import HTTPTypes
import Primitives
import Testing

@testable import Gateway

@Suite("A sealed root is a cache: whatever happens to it, the wallets are found again and no new root is made")
struct SealedRootTests {
    /// What happens to a gateway between two starts.
    enum Accident: String, CaseIterable, Sendable {
        case wiped, emptied, altered, header, tcb, measurement, policy, host

        /// What the next start says of it.
        var word: String {
            switch self {
            case .wiped: "root.sealed is missing"
            case .emptied: "root.sealed is not a sealed root any more"
            case .altered, .header: "the copy itself was altered"
            case .tcb: "the host's firmware was"
            case .measurement: "the launch measurement was"
            case .policy: "the launch policy was 0x3011f and is 0x3021f"
            case .host: "this is another machine"
            }
        }

        func happen(to sealed: SealedGateway) throws {
            let path = "data/root.sealed"
            var text = String(decoding: try sealed.folder.read(path), as: UTF8.self)
            switch self {
            case .wiped: return try FileManager.default.removeItem(atPath: sealed.folder.file(path))
            case .emptied: text = ""
            case .altered: text = SealedRootTests.flip(text, after: "\"ciphertext\":\"")
            case .header: text = SealedRootTests.flip(text, after: "\"recoverySet\":\"")
            case .tcb: try sealed.machine.tell("tcb snp=28")
            case .measurement: try sealed.machine.tell("measurement \(String(repeating: "5a", count: 48))")
            case .policy: try sealed.machine.tell("policy \(0x3021F)")
            case .host: try sealed.machine.tell("host second")
            }
            try sealed.folder.write(path, Array(text.utf8))
        }
    }

    /// Another hex digit in the place after `mark`.
    private static func flip(_ text: String, after mark: String) -> String {
        guard let place = text.firstRange(of: mark)?.upperBound else { return text }
        var text = text
        let other = text[place] == "0" ? "1" : "0"
        text.replaceSubrange(place...place, with: other)
        return text
    }

    @Test(
        "The start stops, says what happened, changes nothing; k shares bring the wallets back",
        arguments: Accident.allCases)
    func accident(_ accident: Accident) async throws {
        let sealed = try SealedGateway()
        let visitor = try await sealed.run { gateway in
            let visitor = try await gateway.visitor()
            try await visitor.fund(5_000_000)
            return visitor.key
        }
        try accident.happen(to: sealed)
        let before = try sealed.rootFiles()
        for _ in 0..<2 {
            let said = try #require(try await sealed.complaint())
            #expect(said.contains(accident.word))
            #expect(said.contains("sealgate recovery restore"))
            #expect(try sealed.rootFiles() == before)
        }
        let outcome = try await sealed.restore([2, 0])
        #expect(outcome.threshold == 2 && outcome.count == 3)
        try await sealed.run { gateway in
            let found = try await gateway.visitor(visitor).available()
            #expect(found == 5_000_000)
        }
    }

    @Test("A sealed gateway starts again by itself, and its files hold no root")
    func again() async throws {
        let sealed = try SealedGateway()
        let key = try await sealed.run { try await $0.visitor().key }
        let first = try sealed.rootFiles()
        let document = try RecoveryDocument(try sealed.folder.read("data/root.recovery.json"))
        let root = try document.set.reassemble(try sealed.lines([0, 1]).map { try RecoveryShare(text: $0) })
        let bytes = root.withBytes { Array($0) }
        for (name, content) in try sealed.folder.files() {
            let text = String(decoding: content, as: UTF8.self)
            #expect(!text.contains(Hex.encode(bytes)) && !text.contains(Base64.encodeURL(bytes)), "\(name)")
            #expect(Data(content).range(of: Data(bytes)) == nil, "\(name)")
        }
        #expect(Set(first.keys) == ["data/root.sealed", "data/root.recovery.json"])
        try sealed.machine.tell("restart")
        try await sealed.run { gateway in
            _ = try await gateway.visitor(key)
            let posture = try await gateway.send(.get, "/api/attestation/security").good()
            #expect(posture["keySources"]["rootSecret"] == "snp_sealed")
            let reasons = posture["degradedReasons"].array ?? []
            let codes = reasons.compactMap { $0["code"]?.string }
            #expect(codes.contains("recovery_not_rehearsed"))
            #expect(!codes.contains("root_secret_not_sealed"))
        }
        #expect(try sealed.rootFiles() == first)
    }

    @Test("Too few shares, one share twice, another gateway's share: refused, and nothing is changed")
    func badShares() async throws {
        let sealed = try SealedGateway()
        let other = try SealedGateway()
        for each in [sealed, other] { try await each.run { _ in } }
        try Accident.wiped.happen(to: sealed)
        let before = try sealed.rootFiles()
        let line = try sealed.lines([0])
        let cases = [
            ([], "2 shares are needed, and 0 were brought"), (line, "2 shares are needed, and 1 were brought"),
            (line + line, "Share 1 was brought twice"), (line + (try other.lines([1])), "Share 2 is of another set"),
        ]
        for (lines, word) in cases {
            let said = try await complaintOfRestore(sealed, lines)
            #expect(said?.contains(word) == true, "\(said ?? "nothing")")
            #expect(try sealed.rootFiles() == before)
        }
        #expect(try await sealed.complaint()?.contains("is missing") == true)
    }

    private func complaintOfRestore(_ sealed: SealedGateway, _ lines: [Secret], document: String? = nil) async throws
        -> String?
    {
        try await complaint {
            try await RootRecovery.restore(
                try sealed.configuration(), lines: lines, document: document, clock: SystemClock(),
                random: SystemRandom())
        }
    }

    @Test("Another gateway's root is not sealed over this database, although its shares and set are genuine")
    func otherRoot() async throws {
        let sealed = try SealedGateway()
        let other = try SealedGateway()
        for each in [sealed, other] { try await each.run { _ in } }
        let before = try sealed.rootFiles()
        let said = try await complaintOfRestore(
            sealed, try other.lines([0, 1]), document: other.folder.file("data/root.recovery.json"))
        #expect(said?.contains("was begun under another root secret") == true)
        #expect(try sealed.rootFiles() == before)
        try await sealed.run { _ in }
    }

    @Test("A moved gateway without its document is recovered by a custodian's copy, which then lies in the folder")
    func lostDocument() async throws {
        let sealed = try SealedGateway()
        try await sealed.run { _ in }
        let document = try sealed.folder.read("data/root.recovery.json")
        try sealed.folder.write("copy.json", document)
        for name in ["root.sealed", "root.recovery.json"] {
            try FileManager.default.removeItem(atPath: sealed.folder.file("data/\(name)"))
        }
        try sealed.machine.tell("host second")
        #expect(try await sealed.complaint()?.contains("is missing") == true)
        let lines = try sealed.lines([1, 2], of: "copy.json")
        #expect(try await complaintOfRestore(sealed, lines)?.contains("--recovery") == true)
        #expect(try await complaintOfRestore(sealed, lines, document: sealed.folder.file("copy.json")) == nil)
        #expect(try JSON(parsing: sealed.folder.read("data/root.recovery.json")) == JSON(parsing: document))
        try await sealed.run { _ in }
    }

    @Test("A death between writing the new copy and naming it leaves the old one, and the next restore succeeds")
    func death() async throws {
        let sealed = try SealedGateway()
        try await sealed.run { _ in }
        let old = try sealed.folder.read("data/root.sealed")
        var seen: [String: [UInt8]] = [:]
        _ = try await RootRecovery.restore(
            sealed.configuration(), lines: sealed.lines([0, 1]), document: nil, clock: SystemClock(),
            random: SystemRandom(), beforeNaming: { seen = (try? sealed.rootFiles()) ?? [:] })
        #expect(seen["data/root.sealed"] == old)
        let fresh = try #require(seen["data/root.sealed.new"])
        #expect(try sealed.folder.read("data/root.sealed") == fresh && fresh != old)

        // As the death would have left the folder.
        for (name, bytes) in seen { try sealed.folder.write(name, bytes) }
        try await sealed.run { _ in }
        try await sealed.restore([1, 2])
        #expect(!FileManager.default.fileExists(atPath: sealed.folder.file("data/root.sealed.new")))
        try await sealed.run { _ in }
    }

    @Test("A rehearsal changes nothing but its record; the posture believes the record, and no forged one")
    func rehearsal() async throws {
        let sealed = try SealedGateway()
        try await sealed.run { _ in }
        func isRehearsed() async throws -> Bool {
            try await sealed.run { gateway in
                !(try await gateway.send(.get, "/health").good().text.contains("recovery_not_rehearsed"))
            }
        }
        let before = try sealed.rootFiles()
        let few = try await complaint {
            try RootRecovery.rehearse(
                try sealed.configuration(), lines: try sealed.lines([1]), document: nil, clock: SystemClock())
        }
        #expect(few?.contains("2 shares are needed") == true)
        #expect(try sealed.rootFiles() == before)
        _ = try RootRecovery.rehearse(
            try sealed.configuration(), lines: try sealed.lines([1, 2]), document: nil, clock: SystemClock())
        var after = try sealed.rootFiles()
        let kept = after.removeValue(forKey: "data/root.rehearsal.json")
        let record = try #require(kept)
        #expect(after == before)
        let isBelieved = try await isRehearsed()
        #expect(isBelieved)
        let forged = Self.flip(String(decoding: record, as: UTF8.self), after: "\"rehearsedAt\":\"202")
        try sealed.folder.write("data/root.rehearsal.json", Array(forged.utf8))
        let isForgedBelieved = try await isRehearsed()
        #expect(!isForgedBelieved)
    }

    @Test("A document that is gone, or of another root, shows in the posture", arguments: ["gone", "other", "damaged"])
    func strayDocument(_ way: String) async throws {
        let sealed = try SealedGateway()
        func isMissed() async throws -> Bool {
            try await sealed.run { gateway in
                try await gateway.send(.get, "/health").good().text.contains("recovery_document_missing")
            }
        }
        let isMissedAtFirst = try await isMissed()
        #expect(!isMissedAtFirst)
        let path = "data/root.recovery.json"
        switch way {
        case "gone": try FileManager.default.removeItem(atPath: sealed.folder.file(path))
        case "damaged": try sealed.folder.write(path, Array("{}".utf8))
        default:
            let other = try SealedGateway()
            try await other.run { _ in }
            try sealed.folder.write(path, try other.folder.read(path))
        }
        let isMissedAfter = try await isMissed()
        #expect(isMissedAfter)
    }

    @Test("A rehearsal on a machine that cannot open the copy is none")
    func noRehearsal() async throws {
        let sealed = try SealedGateway()
        try await sealed.run { _ in }
        let lines = try sealed.lines([0, 1])
        try sealed.machine.tell("host second")
        let said = try await complaint {
            try RootRecovery.rehearse(
                try sealed.configuration(), lines: lines, document: nil, clock: SystemClock())
        }
        #expect(said?.contains("this is no rehearsal") == true)
    }
}
