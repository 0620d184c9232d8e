import Primitives
import Synchronization
import Testing

@testable import Identity

/// What was said to have ended, in order.
final class EndedLog: Sendable {
    private let entries = Mutex<[EndedGrants]>([])

    func note(_ ended: EndedGrants) { entries.withLock { $0.append(ended) } }

    var all: [EndedGrants] { entries.withLock { $0 } }
}

extension Gate {
    /// What owners do with their credentials at this gate.
    func credentials(random: any RandomSource = SystemRandom(), log: EndedLog = EndedLog()) -> Credentials {
        Credentials(
            database: database, apiKeys: apiKeys, devices: devices.tables,
            repositories: repositories, authenticator: authenticator, clock: clock, random: random,
            ended: { log.note($0) })
    }

    /// Whoever a token lets in, as one who manages credentials.
    func owner(_ token: String) async throws -> CredentialOwner {
        let principal = try await authenticator.authenticate(bearer: token)
        return CredentialOwner(
            wallet: principal.walletID, sessionID: principal.sessionID, expiresAt: principal.expiresAt,
            allows: { principal.may($0) })
    }

    /// An API key of the wallet with this number.
    func apiKey(
        _ permissions: [String] = ["wallet:read"], expiresAt: String? = nil, server: String? = nil, wallet: UInt8 = 1
    ) async throws -> NewAPIKey {
        try await credentials().createAPIKey(
            .init(name: "build", permissions: permissions, server: server, expiresAt: expiresAt),
            by: owner(logIn(Fixed.wallet(wallet)).token))
    }
}

/// The APIKeyError that `body` throws, nil if it throws none.
func keyError(_ body: () async throws -> some Any) async throws -> APIKeyError? {
    do {
        _ = try await body()
        return nil
    } catch let error as APIKeyError {
        return error
    }
}

/// The same bytes each time, then the next ones: for collisions that chance never makes.
final class RepeatingRandom: RandomSource {
    private let answers: Mutex<[[UInt8]]>

    init(_ answers: [[UInt8]]) { self.answers = Mutex(answers) }

    func bytes(_ count: Int) -> [UInt8] {
        answers.withLock { answers in
            guard let place = answers.firstIndex(where: { $0.count == count }) else {
                return SystemRandom().bytes(count)
            }
            return answers.remove(at: place)
        }
    }
}
