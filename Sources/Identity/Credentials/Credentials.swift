public import Database
public import Primitives

/// What a wallet's owner does with the wallet's credentials. Each act is one commit; what it ended is refused by this
/// node before the act returns, and `ended` hears of it then.
public struct Credentials: Sendable {
    let database: Database
    let apiKeys: APIKeys
    let devices: DeviceTables
    let repositories: Repositories
    let authenticator: Authenticator
    let clock: any WallClock
    let random: any RandomSource
    let ended: @Sendable (EndedGrants) -> Void
    let sessions = Sessions()

    /// The acts over `database`. `ended` closes what was open for revoked credentials; it must not block.
    public init(
        database: Database, apiKeys: APIKeys, devices: DeviceTables, repositories: Repositories,
        authenticator: Authenticator, clock: any WallClock, random: any RandomSource,
        ended: @escaping @Sendable (EndedGrants) -> Void
    ) {
        self.database = database
        self.apiKeys = apiKeys
        self.devices = devices
        self.repositories = repositories
        self.authenticator = authenticator
        self.clock = clock
        self.random = random
        self.ended = ended
    }

    /// Writes down when credentials were last used, at most `limit` of them, and returns how many those were.
    @discardableResult
    public func recordUses(limit: Int) async throws -> Int {
        let uses = authenticator.uses.take(limit)
        guard !uses.isEmpty else { return 0 }
        try await database.write { [sessions, apiKeys] tx in
            for (credential, moment) in uses {
                if CredentialKind(id: credential) == .apiKey {
                    let prefix = String(credential.dropFirst(APIKeyText.mark.count))
                    try apiKeys.noteUse(prefix, at: moment, in: tx)
                } else {
                    try sessions.noteUse(credential, at: moment, in: tx)
                }
            }
        }
        return uses.count
    }
}
