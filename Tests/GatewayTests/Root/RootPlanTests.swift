import Testing

@testable import Gateway

@Suite("What is done about the root secret follows from what there is")
struct RootPlanTests {
    private typealias Copy = RootPlan.Situation.Copy

    private static let copies: [Copy] = [.missing, .damaged, .closed("the host's firmware changed"), .opens]

    private static func situations() -> [RootPlan.Situation] {
        var all: [RootPlan.Situation] = []
        for sealing in RootSettings.Sealing.allCases {
            for copy in copies {
                for bits in 0..<16 {
                    all.append(
                        RootPlan.Situation(
                            sealing: sealing, isBegun: bits & 1 != 0, hasPlainRoot: bits & 2 != 0, copy: copy,
                            hasDocument: bits & 4 != 0, isRootOffered: bits & 8 != 0))
                }
            }
        }
        return all
    }

    @Test("A new root is made in one situation of each kind, of all 192: an empty folder")
    func genesis() {
        let begins = Self.situations().filter { RootPlan.make($0) == .begin }
        #expect(begins.count == RootSettings.Sealing.allCases.count)
        for found in begins {
            #expect(!found.isBegun && !found.hasPlainRoot && !found.hasDocument && !found.isRootOffered)
            #expect(found.copy == .missing)
        }
    }

    @Test("A root is opened only where it is, and only unsealed where that was asked for")
    func open() {
        for found in Self.situations() where RootPlan.make(found) == .open {
            switch found.sealing {
            case .file: #expect(found.hasPlainRoot && found.copy == .missing && !found.hasDocument)
            case .snp, .tpm: #expect(!found.hasPlainRoot && found.copy == .opens)
            }
            #expect(!found.isRootOffered)
        }
    }

    @Test("A root that custodians bring is sealed only where a database can confirm it")
    func seal() {
        let seals = Self.situations().filter { RootPlan.make($0) == .seal }
        #expect(seals.count == Self.copies.count * 2 * 2)
        #expect(seals.allSatisfy { $0.sealing != .file && $0.isBegun && $0.isRootOffered && !$0.hasPlainRoot })
    }

    @Test("Over a begun database every lost root is asked for, and told how")
    func recover() {
        let begun = Self.situations().filter { $0.isBegun && !$0.hasPlainRoot && !$0.isRootOffered }
        for found in begun where found.sealing != .file {
            switch (found.copy, RootPlan.make(found)) {
            case (.opens, .open): break
            case (_, .recover(let message)):
                #expect(message.contains("sealgate recovery restore"))
                #expect(message.contains("No new root was made"))
            case (let copy, let plan): Issue.record("\(copy): \(plan)")
            }
        }
    }

    /// What is changed in a healthy sealed gateway, and what its start then says.
    private static let told: [(change: @Sendable (inout RootPlan.Situation) -> Void, word: String)] = [
        ({ $0.copy = .missing }, "root.sealed is missing"),
        ({ $0.copy = .damaged }, "root.sealed is not a sealed root any more"),
        ({ $0.copy = .closed("another chip") }, "does not open on this machine: another chip"),
        ({ $0.hasPlainRoot = true }, "root.secret lies unsealed"),
        ({ $0.sealing = .file }, "Set it to `snp`"),
        (
            { ($0.copy, $0.isBegun) = (.missing, false) },
            "If its first start was interrupted, remove root.recovery.json"
        ),
        ({ ($0.isRootOffered, $0.isBegun) = (true, false) }, "Bring the database here first"),
        ({ ($0.sealing, $0.isRootOffered) = (.file, true) }, "nothing to seal to"),
    ]

    @Test("Each refusal names its reason", arguments: told.indices)
    func messages(index: Int) {
        var found = RootPlan.Situation(
            sealing: .snp, isBegun: true, hasPlainRoot: false, copy: .opens, hasDocument: true, isRootOffered: false)
        #expect(RootPlan.make(found) == .open)
        Self.told[index].change(&found)
        switch RootPlan.make(found) {
        case .recover(let message), .refuse(let message): #expect(message.contains(Self.told[index].word))
        case let plan: Issue.record("\(plan)")
        }
    }
}
