import Attestation
import Primitives
import Telemetry

/// Judges the peers of a running gateway, by and by and when somebody asks.
final class PeerService: Sendable {
    /// Somebody else's judgement may be under way when one is due: so often it is looked whether it has ended.
    private static let lookNanoseconds: UInt64 = 1_000_000_000

    let book: PeerBook
    private let judge: PeerJudge
    private let policy: @Sendable () -> EvidencePolicy?
    private let pacing: any Pacing
    private let log: Log

    /// `policy` is asked at every judgement: this gateway's own evidence may come later than its peers'.
    init(
        book: PeerBook, judge: PeerJudge, policy: @escaping @Sendable () -> EvidencePolicy?, pacing: any Pacing,
        log: Log
    ) {
        self.book = book
        self.judge = judge
        self.policy = policy
        self.pacing = pacing
        self.log = log
    }

    /// Runs until the task is cancelled. Not on an event loop: a judgement verifies half a dozen signatures.
    func start() -> Task<Void, Never> {
        Task.detached { [self] in
            await withDiscardingTaskGroup { group in
                for origin in book.origins { group.addTask { await self.tend(origin) } }
            }
        }
    }

    /// Judges each peer that may be judged by now, and returns when all of those have been.
    func refresh() async {
        // Apart from the caller, who may leave: a judgement that was cut short would degrade the peer.
        let judgements = book.origins.filter { book.begin($0, demanded: true) }.map { origin in
            Task.detached { [self] in await look(origin) }
        }
        for judgement in judgements { await judgement.value }
    }

    private func tend(_ origin: String) async {
        while !Task.isCancelled {
            await pacing.wait(until: min(book.due(origin) ?? .max, pacing.now() + PeerService.lookNanoseconds))
            if !Task.isCancelled, book.begin(origin) { await look(origin) }
        }
    }

    private func look(_ origin: String) async {
        let trust = await judge.judge(origin, by: policy())
        guard book.end(trust) else { return }
        log.write(
            "peer_judged",
            [
                ("peer", .id(origin)), ("state", .id(trust.state.rawValue)),
                ("reasons", .id(trust.reasons.map(\.code).joined(separator: " "))),
            ])
    }
}
