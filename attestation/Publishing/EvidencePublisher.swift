public import Primitives

import Cryptography
import Synchronization

/// Makes and serves this gateway's evidence: the boot report, which proves the key, and reports over callers' nonces,
/// which also prove the time.
public final class EvidencePublisher: Sendable {
    private struct State {
        var schedule = EvidenceSchedule()
        var waiting: [EvidenceSchedule.Ticket: Waiter] = [:]
        var lastTicket: EvidenceSchedule.Ticket = 0
        var boot: EvidenceBundle?
        /// Facts that boot reports are asked for which do not hold yet.
        var prospects: [EvidenceSchedule.Ticket: PublishedFacts] = [:]
        var agentGateway: EvidenceBundle?
        /// Whether a task looks after the schedule.
        var isTended = false
    }

    private typealias Outcome = Result<EvidenceBundle, PublishingError>
    private typealias Waiter = CheckedContinuation<Outcome, Never>

    private let device: DeviceQueue
    private let facts: @Sendable () -> PublishedFacts
    private let complete: @Sendable (Report, DeviceEvidence, EndorsementPatience) async -> Endorsements
    private let clock: any WallClock
    private let pacing: any Pacing
    private let state = Mutex(State())

    /// A publisher. `facts` is asked at every report; `complete` finds the certificates that belong to one. Where a
    /// caller waits for the answer it is asked for those that are at hand.
    public init(
        device: DeviceQueue, clock: any WallClock, pacing: any Pacing,
        facts: @escaping @Sendable () -> PublishedFacts,
        complete: @escaping @Sendable (Report, DeviceEvidence, EndorsementPatience) async -> Endorsements
    ) {
        self.device = device
        self.clock = clock
        self.pacing = pacing
        self.facts = facts
        self.complete = complete
    }

    /// Makes the boot report of the keys that are published now; call it at the start and after every rotation. It
    /// waits for the device's turn like everybody else's, but goes first.
    @discardableResult
    public func publishBootReport() async throws(PublishingError) -> EvidenceBundle {
        try await wait { state, ticket, _ in
            state.schedule.arriveForBoot(ticket)
            return true
        }
    }

    /// A boot report of facts that do not hold yet: those of the key that will sign next. It is not served before
    /// `publish` is told that they do.
    public func bootReport(of facts: PublishedFacts) async throws(PublishingError) -> EvidenceBundle {
        try await wait { state, ticket, _ in
            state.schedule.arriveForBoot(ticket)
            state.prospects[ticket] = facts
            return true
        }
    }

    /// The facts of a boot report hold now: it takes the place of the one before.
    public func publish(_ bundle: EvidenceBundle) {
        state.withLock { $0.boot = bundle }
    }

    /// The boot report; nil before `publishBootReport`.
    public var bootReport: EvidenceBundle? { state.withLock { $0.boot } }

    /// Evidence over `nonce`. Waits for the gathering, at most a quarter of a second, and for the device's next turn.
    /// Throws `PublishingError.busy` at once when too many wait, in all or from the caller's network.
    public func evidence(
        for nonce: CallerNonce, from network: CallerNetwork
    ) async throws(PublishingError) -> EvidenceBundle {
        try await wait { state, ticket, now in state.schedule.arrive(ticket, nonce, from: network, at: now) }
    }

    /// The report of profile `agent-gateway/1`, made once a key: one of a key that was active before is not served.
    public func agentGatewayReport(from network: CallerNetwork) async throws(PublishingError) -> EvidenceBundle {
        let published = facts().keys
        if let known = state.withLock({ $0.agentGateway }), let active = published.keys.first,
            known.keys.keys.first == active
        {
            // The report names the active key alone; the others may have changed since.
            return EvidenceBundle(
                profile: known.profile, evidence: known.evidence, statement: nil, inclusion: nil, keys: published)
        }
        return try await wait { state, ticket, now in
            state.schedule.arriveForAgentGateway(ticket, from: network, at: now)
        }
    }

    private func wait(
        _ arrive: @Sendable (inout State, EvidenceSchedule.Ticket, UInt64) -> Bool
    ) async throws(PublishingError) -> EvidenceBundle {
        let now = pacing.now()
        let outcome = await withCheckedContinuation { (waiter: Waiter) in
            let (isTaken, begins) = state.withLock { state in
                state.lastTicket += 1
                let ticket = state.lastTicket
                guard arrive(&state, ticket, now) else { return (false, false) }
                state.waiting[ticket] = waiter
                defer { state.isTended = true }
                return (true, !state.isTended)
            }
            guard isTaken else { return waiter.resume(returning: .failure(.busy)) }
            if begins { Task { await tend() } }
        }
        return try outcome.get()
    }

    /// Makes the calls as they fall due, until nobody waits.
    private func tend() async {
        while true {
            let next = state.withLock { state -> UInt64? in
                if state.schedule.due == nil { state.isTended = false }
                return state.schedule.due
            }
            guard let next else { return }
            await pacing.wait(until: next)
            guard let call = state.withLock({ $0.schedule.take(at: pacing.now()) }) else { continue }
            await perform(call)
        }
    }

    private func perform(_ call: EvidenceSchedule.Call) async {
        switch call {
        case .nonces(let callers):
            let tree = NonceTree(callers.map(\.nonce))
            let outcome = await attempt { () throws(PublishingError) in try await report(over: tree.root, of: facts()) }
            finish(
                callers.enumerated().map { index, caller in
                    let inclusion = EvidenceBundle.Inclusion(nonce: caller.nonce, path: tree.path(at: index))
                    return (caller.ticket, outcome.map { $0.with(inclusion) })
                })
        case .boot(let ticket):
            let prospect = state.withLock { $0.prospects.removeValue(forKey: ticket) }
            let outcome = await attempt { () throws(PublishingError) in
                try await report(over: nil, of: prospect ?? facts())
            }
            if prospect == nil, case .success(let bundle) = outcome { publish(bundle) }
            finish([(ticket, outcome)])
        case .agentGateway(let tickets):
            let outcome = await attempt { () throws(PublishingError) in try await agentGateway() }
            if case .success(let bundle) = outcome { state.withLock { $0.agentGateway = bundle } }
            finish(tickets.map { ($0, outcome) })
        }
    }

    private func attempt(_ body: () async throws(PublishingError) -> EvidenceBundle) async -> Outcome {
        do throws(PublishingError) { return .success(try await body()) } catch { return .failure(error) }
    }

    private func finish(_ outcomes: [(EvidenceSchedule.Ticket, Outcome)]) {
        let waiters = state.withLock { state in
            state.schedule.ended()
            return outcomes.map { (state.waiting.removeValue(forKey: $0.0), $0.1) }
        }
        for (waiter, outcome) in waiters { waiter?.resume(returning: outcome) }
    }

    private func report(
        over root: [UInt8]?, of facts: PublishedFacts
    ) async throws(PublishingError) -> EvidenceBundle {
        guard let active = facts.keys.keys.first else { throw .noKey }
        let statement = AttestationStatement(
            gateway: facts.gateway, issuedAt: clock.now(), codeHash: facts.codeHash.hex,
            activeKey: active.thumbprint, keys: facts.keys.keys.map(\.thumbprint),
            keySetCommitment: facts.keySetCommitment, tls: facts.tls, nonceRoot: root,
            trust: facts.trust, sealingKey: facts.sealingKey)
        guard let data = statement.reportData else { throw .noKey }
        return EvidenceBundle(
            profile: .sealgate1, evidence: try await evidence(over: data, root == nil ? .waits : .takesWhatIsThere),
            statement: statement.bytes, inclusion: nil, keys: facts.keys)
    }

    private func agentGateway() async throws(PublishingError) -> EvidenceBundle {
        let facts = facts()
        guard let active = facts.keys.keys.first, let hash = Hex.decode(facts.codeHash.hex),
            let data = ReportProfile.reportData(subject: hash, thumbprint: active.thumbprintBytes, nonceRoot: nil)
        else { throw .noKey }
        return EvidenceBundle(
            profile: .agentGateway1, evidence: try await evidence(over: data, .takesWhatIsThere), statement: nil,
            inclusion: nil, keys: facts.keys)
    }

    /// Asks the device, and looks whether the answer is one to the question: a report over other data would be served
    /// as ours.
    private func evidence(
        over data: ReportData, _ patience: EndorsementPatience
    ) async throws(PublishingError) -> Evidence {
        let answer: DeviceEvidence
        do throws(DeviceFault) { answer = try await device.evidence(for: data) } catch { throw .device(error) }
        guard let report = try? Report(answer.report), report.reportData == data.bytes else { throw .unusableReport }
        return Evidence(report: answer.report, endorsements: await complete(report, answer, patience))
    }
}
