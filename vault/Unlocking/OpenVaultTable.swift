import Primitives

/// Open vaults by grant, bounded as a whole and for each wallet. Every step costs the same on average, however many are
/// open: places are queued in the order of opening, and one that was given up stays queued until it comes to the front.
struct OpenVaultTable: Sendable {
    private struct Entry {
        let vault: OpenVault
        let place: UInt64
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

    var count: Int { entries.count }

    /// Tickets that wait in the queue, those of closed vaults among them.
    var queued: Int { queue.count }

    subscript(grant: String) -> OpenVault? { entries[grant]?.vault }

    /// Keeps `vault` open for `grant`. Room is made by closing what has expired, then the wallet's own oldest, then
    /// the oldest of all.
    mutating func open(_ vault: OpenVault, for grant: String, at now: Timestamp) {
        close(grant: grant)
        if let own = grants[vault.wallet], own.count >= maximumPerWallet { close(grant: own[0]) }
        if entries.count >= maximum { makeRoom(at: now) }
        entries[grant] = Entry(vault: vault, place: nextPlace)
        grants[vault.wallet, default: []].append(grant)
        queue.append(Ticket(grant: grant, place: nextPlace))
        nextPlace += 1
        compact()
    }

    mutating func close(grant: String) {
        guard let wallet = entries.removeValue(forKey: grant)?.vault.wallet else { return }
        let left = grants[wallet]?.filter { $0 != grant } ?? []
        grants[wallet] = left.isEmpty ? nil : left
    }

    mutating func close(wallet: WalletID) {
        for grant in grants.removeValue(forKey: wallet) ?? [] { entries[grant] = nil }
    }

    mutating func closeExpired(at now: Timestamp) {
        for (grant, entry) in entries where now >= entry.vault.expiresAt { close(grant: grant) }
    }

    /// Closes the oldest, and those behind it that have expired.
    private mutating func makeRoom(at now: Timestamp) {
        while front < queue.count {
            let ticket = queue[front]
            if let entry = entries[ticket.grant], entry.place == ticket.place {
                guard entries.count >= maximum || now >= entry.vault.expiresAt else { return }
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
