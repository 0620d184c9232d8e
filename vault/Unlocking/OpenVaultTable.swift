import Primitives

/// Open vaults by grant, bounded as a whole and for each wallet. Every step costs the same on average, however many are
/// open: places are queued in the order of opening, and one that was given up stays queued until it comes to the front.
struct OpenVaultTable: Sendable {
    private struct Entry {
        let wallet: WalletID
        var vaults: [VaultPurpose: OpenVault]
        let place: UInt64

        func isOver(at now: Timestamp) -> Bool { vaults.values.allSatisfy { now >= $0.expiresAt } }
    }

    private struct Ticket {
        let grant: String
        let place: UInt64
    }

    private let maximum: Int
    private let maximumPerWallet: Int
    private var entries: [String: Entry] = [:]
    /// The grants of each wallet, in the order of opening.
    private var grants: [WalletID: [String]] = [:]
    private var queue: [Ticket] = []
    private var front = 0
    private var nextPlace: UInt64 = 0

    init(maximum: Int, maximumPerWallet: Int) {
        precondition(maximum > 0 && maximumPerWallet > 0, "a vault can be open")
        self.maximum = maximum
        self.maximumPerWallet = maximumPerWallet
    }

    /// Grants with something open.
    var count: Int { entries.count }

    /// Tickets that wait in the queue, those of closed vaults among them.
    var queued: Int { queue.count }

    subscript(grant: String, purpose: VaultPurpose) -> OpenVault? { entries[grant]?.vaults[purpose] }

    /// Everything that the wallet has open, in the order of opening.
    func vaults(of wallet: WalletID) -> [(grant: String, vault: OpenVault)] {
        (grants[wallet] ?? []).flatMap { grant in
            VaultPurpose.allCases.compactMap { purpose in self[grant, purpose].map { (grant, $0) } }
        }
    }

    /// Keeps `vault` open for `grant`, beside what that has open for other purposes. Room is made by closing what has
    /// expired, then the wallet's own oldest, then the oldest of all.
    mutating func open(_ vault: OpenVault, for grant: String, at now: Timestamp) {
        var vaults: [VaultPurpose: OpenVault] = [:]
        if let entry = entries[grant], entry.wallet == vault.wallet { vaults = entry.vaults }
        vaults[vault.purpose] = vault
        close(grant: grant)
        if let own = grants[vault.wallet], own.count >= maximumPerWallet { close(grant: own[0]) }
        if entries.count >= maximum { makeRoom(at: now) }
        entries[grant] = Entry(wallet: vault.wallet, vaults: vaults, place: nextPlace)
        grants[vault.wallet, default: []].append(grant)
        queue.append(Ticket(grant: grant, place: nextPlace))
        nextPlace += 1
        compact()
    }

    mutating func close(grant: String) {
        guard let wallet = entries.removeValue(forKey: grant)?.wallet else { return }
        let left = grants[wallet]?.filter { $0 != grant } ?? []
        grants[wallet] = left.isEmpty ? nil : left
    }

    /// Closes some of what the grant has open for a purpose, or all of it, and returns what was open of that.
    mutating func close(
        _ scopes: Set<SecretScope>?, of purpose: VaultPurpose, for grant: String
    ) -> Set<SecretScope> {
        guard var vault = self[grant, purpose] else { return [] }
        let closing = scopes.map { vault.scopes.intersection($0) } ?? vault.scopes
        vault.scopes.subtract(closing)
        entries[grant]?.vaults[purpose] = vault.scopes.isEmpty ? nil : vault
        if entries[grant]?.vaults.isEmpty == true { close(grant: grant) }
        return closing
    }

    mutating func close(wallet: WalletID) {
        for grant in grants.removeValue(forKey: wallet) ?? [] { entries[grant] = nil }
    }

    mutating func closeExpired(at now: Timestamp) {
        for (grant, entry) in entries {
            for (purpose, vault) in entry.vaults where now >= vault.expiresAt {
                _ = close(nil, of: purpose, for: grant)
            }
        }
    }

    /// Closes the oldest, and those behind it that have expired.
    private mutating func makeRoom(at now: Timestamp) {
        while front < queue.count {
            let ticket = queue[front]
            if let entry = entries[ticket.grant], entry.place == ticket.place {
                guard entries.count >= maximum || entry.isOver(at: now) else { return }
                close(grant: ticket.grant)
            }
            front += 1
        }
    }

    /// Drops the tickets that nobody holds once they are the greater part of the queue: each was queued once, so this
    /// costs a fixed part of every opening.
    private mutating func compact() {
        guard queue.count > 2 * entries.count + OpenVaultTable.queueSlack else { return }
        queue = queue[front...].filter { entries[$0.grant]?.place == $0.place }
        front = 0
    }

    /// Below this many idle tickets it is not worth the work.
    static let queueSlack = 64
}
