import Cryptography
import Ethereum
import Primitives
import Testing

@testable import Vault

@Suite("Open vaults")
struct OpenVaultsTests {
    private func vaultKey(_ person: Person) throws -> VaultKey {
        let text = VaultText(origin: Room.origin, wallet: person.key.address).text
        return try VaultKey(
            signature: person.key.sign(personalMessage: Array(text.utf8)),
            index: VaultIndex(of: person.key.address, key: Room.indexKey()), epoch: .first)
    }

    private func isOpen(_ open: OpenVaults, _ person: Person, at now: Timestamp = Room.start) throws -> Bool {
        guard let key = try open.key(of: person.caller.wallet, for: person.caller.grant, at: now) else { return false }
        #expect(key.secret.isEqual(to: try vaultKey(person).secret))
        return true
    }

    @Test("A vault closes when its window ends", arguments: [-1, 0, 1])
    func window(seconds: Int64) throws {
        let open = try OpenVaults(random: SystemRandom())
        let person = try Person()
        let end = open.open(try vaultKey(person), for: person.caller, at: Room.start)
        #expect(end == Room.start.adding(seconds: OpenVaults.defaultWindowSeconds))
        #expect(try isOpen(open, person, at: end.adding(seconds: seconds)) == (seconds < 0))
        #expect(open.count == (seconds < 0 ? 1 : 0))
    }

    @Test("It never outlives its session")
    func sessionEnd() throws {
        let open = try OpenVaults(random: SystemRandom())
        let person = try Person(until: Room.start.adding(seconds: 60))
        #expect(open.open(try vaultKey(person), for: person.caller, at: Room.start) == Room.start.adding(seconds: 60))
        #expect(try isOpen(open, person, at: Room.start.adding(seconds: 59)))
        #expect(try !isOpen(open, person, at: Room.start.adding(seconds: 60)))
    }

    @Test("It is open for its grant only; a logout closes that one, a deletion all of the wallet's")
    func grants() throws {
        let open = try OpenVaults(random: SystemRandom())
        let phone = try Person(1, grant: "phone")
        let laptop = try Person(1, grant: "laptop")
        let other = try Person(2, grant: "other")
        for person in [phone, other] { open.open(try vaultKey(person), for: person.caller, at: Room.start) }
        #expect(try !isOpen(open, laptop))
        open.open(try vaultKey(laptop), for: laptop.caller, at: Room.start)
        open.close(grant: "phone")
        #expect(try !isOpen(open, phone))
        #expect(try isOpen(open, laptop))
        open.close(wallet: WalletID(1))
        #expect(try !isOpen(open, laptop))
        #expect(try isOpen(open, other))
    }

    @Test("Another wallet with the same grant gets nothing")
    func otherWallet() throws {
        let open = try OpenVaults(random: SystemRandom())
        let owner = try Person(1, grant: "shared")
        open.open(try vaultKey(owner), for: owner.caller, at: Room.start)
        #expect(try open.key(of: WalletID(2), for: "shared", at: Room.start) == nil)
    }

    @Test("Never more than the maximum: the one opened longest ago goes, and expired ones with it")
    func bounded() throws {
        let open = try OpenVaults(random: SystemRandom(), maximum: 3)
        let people = try (1...6).map { try Person(UInt8($0)) }
        for (second, person) in people.prefix(4).enumerated() {
            open.open(try vaultKey(person), for: person.caller, at: Room.start.adding(seconds: Int64(second)))
        }
        #expect(open.count == 3)
        #expect(try !isOpen(open, people[0]))
        #expect(try isOpen(open, people[1]))
        // Opening again takes no second place.
        open.open(try vaultKey(people[3]), for: people[3].caller, at: Room.start.adding(seconds: 3))
        #expect(open.count == 3)
        let later = Room.start.adding(seconds: OpenVaults.defaultWindowSeconds + 2)
        open.open(try vaultKey(people[4]), for: people[4].caller, at: later)
        #expect(open.count == 2)
        #expect(try isOpen(open, people[3], at: later))
        #expect(try isOpen(open, people[4], at: later))
    }

    @Test("Closing what has expired leaves the rest")
    func closeExpired() throws {
        let open = try OpenVaults(random: SystemRandom(), windowSeconds: 10)
        let first = try Person(1)
        let second = try Person(2)
        open.open(try vaultKey(first), for: first.caller, at: Room.start)
        open.open(try vaultKey(second), for: second.caller, at: Room.start.adding(seconds: 5))
        open.closeExpired(at: Room.start.adding(seconds: 10))
        #expect(open.count == 1)
        #expect(try isOpen(open, second, at: Room.start.adding(seconds: 10)))
    }

    @Test("A wallet has at most eight open: its ninth closes its own oldest, and nobody else's")
    func walletBound() throws {
        let open = try OpenVaults(random: SystemRandom())
        let other = try Person(2)
        open.open(try vaultKey(other), for: other.caller, at: Room.start)
        let sittings = try (0...OpenVaults.maximumPerWallet).map { try Person(1, grant: "sitting \($0)") }
        let key = try vaultKey(sittings[0])
        for person in sittings.dropLast() { open.open(key, for: person.caller, at: Room.start) }
        #expect(open.count == 1 + OpenVaults.maximumPerWallet)
        #expect(try isOpen(open, sittings[0]))
        // Opened again, the first is the youngest.
        open.open(key, for: sittings[0].caller, at: Room.start)
        open.open(key, for: sittings[OpenVaults.maximumPerWallet].caller, at: Room.start)
        #expect(open.count == 1 + OpenVaults.maximumPerWallet)
        #expect(try sittings.map { try isOpen(open, $0) } == [true, false] + [Bool](repeating: true, count: 7))
        #expect(try isOpen(open, other))
    }

    @Test("At the limit the queue stays short, whatever is opened and closed")
    func queue() throws {
        var table = OpenVaultTable(maximum: 100, maximumPerWallet: 8)
        let random = SeededRandom(seed: 11)
        for step in 0..<20_000 {
            let number = Int64(random.bytes(1)[0])
            let vault = OpenVault(
                wallet: WalletID(number / 4), index: VaultIndex(of: try Person().key.address, key: try Room.indexKey()),
                epoch: .first, nonce: [], wrapped: [], expiresAt: Room.start.adding(seconds: Int64(step) + 500))
            table.open(vault, for: "grant \(number)", at: Room.start.adding(seconds: Int64(step)))
            #expect(table.count <= 100)
            #expect(table.queued <= 2 * table.count + OpenVaultTable.queueSlack)
            if number % 7 == 0 { table.close(grant: "grant \(number / 2)") }
        }
        #expect(table.count > 50)
    }

    @Test("A thousand open vaults take no slot of secret memory")
    func arena() throws {
        let open = try OpenVaults(random: SystemRandom())
        let key = try vaultKey(Person())
        let before = SecretArena.usage?.used ?? 0
        for number in 0..<1_000 {
            let caller = VaultCaller(
                wallet: WalletID(Int64(number)), address: try Person().key.address, grant: "grant \(number)",
                grantExpiresAt: Room.start.adding(seconds: 86_400))
            open.open(key, for: caller, at: Room.start)
        }
        #expect(open.count == 1_000)
        // Tests beside this one use a few slots of their own.
        #expect((SecretArena.usage?.used ?? 0) - before < 500)
    }

    @Test("Many threads at once: each finds its own key")
    func concurrent() async throws {
        let open = try OpenVaults(random: SystemRandom())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...16 {
                group.addTask {
                    let person = try Person(UInt8(number))
                    for _ in 0..<20 {
                        open.open(try vaultKey(person), for: person.caller, at: Room.start)
                        #expect(try isOpen(open, person))
                        open.close(grant: person.caller.grant)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(open.count == 0)
    }
}
