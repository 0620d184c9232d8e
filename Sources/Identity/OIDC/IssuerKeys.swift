import Cryptography
import Primitives

/// The keys of one issuer, fetched when needed, kept as long as nothing better is there.
actor IssuerKeys {
    /// A set as large as GitHub's has two keys and 6 KB.
    static let maximumBytes = 128 << 10
    /// How long a set is used without looking again: rotated keys go out of use within it.
    static let freshSeconds: Int64 = 3_600
    /// How soon after a look the next one may be: anybody can send a token with a key id that nobody has.
    static let cooldownSeconds: Int64 = 30

    private let url: String
    private let fetcher: any KeySetFetcher
    private let clock: any WallClock
    private var keys: RS256KeySet?
    private var fetchedAt: Timestamp?
    private var lookedAt: Timestamp?
    private var looking: Task<Void, Never>?

    init(url: String, fetcher: any KeySetFetcher, clock: any WallClock) {
        self.url = url
        self.fetcher = fetcher
        self.clock = clock
    }

    /// The set in which `kid` is to be looked up; nil if there never was one.
    func keys(knowing kid: String) async -> RS256KeySet? {
        if isDue(for: kid, at: clock.now()) {
            lookedAt = clock.now()
            // Apart from the caller, who may leave, and others who wait for the same answer.
            looking = Task { await look() }
        }
        await looking?.value
        return keys
    }

    private func isDue(for kid: String, at now: Timestamp) -> Bool {
        if let lookedAt, now < lookedAt.adding(seconds: IssuerKeys.cooldownSeconds), lookedAt <= now { return false }
        guard let keys, let fetchedAt else { return true }
        return keys[kid] == nil || now >= fetchedAt.adding(seconds: IssuerKeys.freshSeconds)
    }

    /// A set that cannot be had or read leaves the one before in use.
    private func look() async {
        guard let bytes = try? await fetcher.keySet(at: url, maximumBytes: IssuerKeys.maximumBytes),
            let json = try? JSON(parsing: bytes), let set = try? RS256KeySet(jwks: json)
        else { return }
        keys = set
        fetchedAt = clock.now()
    }
}
