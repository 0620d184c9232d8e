import Attestation
import AttestationRoutes
import Cryptography
import Database
import HTTPServer
import Identity
import Primitives
import Synchronization
import Telemetry

/// The giver's side of a hand-over: offers sessions, and seals the root for a receiver that `HandoverDecision` is for.
///
/// Whatever happens is in the log: `handover_offered`, then `handover_refused` with every code, `handover_failed`, or
/// `handover_done`, each with the session. The root leaves secret memory as an HPKE ciphertext alone.
final class HandoverService: Sendable {
    private struct State {
        var sessions = HandoverSessions()
        var list: ReleaseList
        /// A request is being judged: one at a time, so that strangers cost one verification and one device call.
        var isJudging = false
    }

    private let attestation: AttestationService
    private let root: RootSecret
    private let commitment: [UInt8]
    private let recoverySet: [UInt8]?
    private let file: ReleaseListFile
    private let verifier: Verifier
    private let state: Mutex<State>

    /// The service, if the settings ask for it. A list that is not good stops the start.
    static func make(
        _ configuration: Configuration, _ attestation: AttestationService, root: RootSecret
    ) async throws -> HandoverService? {
        guard let files = configuration.attestation.handover else { return nil }
        // Elsewhere anybody with a genuine machine could boot the published image and ask.
        guard
            configuration.mode == .development
                || configuration.root.scope == .image && attestation.ground.policy?.namesHosts == true
        else {
            throw GatewayStartError(
                "\(Setting.releaseList.name): in production the root is handed over only where the measurement covers "
                    + "the image, and with a policy (\(Setting.evidencePolicy.name)) that names chips, ID keys, author "
                    + "keys or host data.")
        }
        let file = try ReleaseListFile(files)
        let list = try file.begin(at: attestation.ground.clock.now())
        do {
            try await admit(list, file, attestation)
        } catch let fault as ReleaseListFault {
            throw GatewayStartError("\(Setting.releaseList.name): \(files.list): \(fault).")
        }
        attestation.ground.log.write(
            "handover_open",
            [
                ("issue", .number(list.issue)), ("releases", .number(Int64(list.releases.count))),
                ("anyHost", .flag(attestation.ground.policy?.namesHosts != true)),
            ])
        let isSealed = configuration.root.sealing != .file
        let document = isSealed ? RootFiles(folder: configuration.dataDirectory).readDocument() : nil
        return HandoverService(
            attestation, root: root, commitment: try root.commitment(), recoverySet: document?.set.id, file: file,
            list: list)
    }

    private init(
        _ attestation: AttestationService, root: RootSecret, commitment: [UInt8], recoverySet: [UInt8]?,
        file: ReleaseListFile, list: ReleaseList
    ) {
        self.attestation = attestation
        self.root = root
        self.commitment = commitment
        self.recoverySet = recoverySet
        self.file = file
        verifier = Verifier(roots: attestation.ground.roots)
        state = Mutex(State(list: list))
    }

    /// What the routes ask.
    var giver: HandoverRoutes.Giver {
        HandoverRoutes.Giver(offer: { try await self.offer(to: $0) }, answer: { try await self.answer($0) })
    }

    // MARK: - offer

    private func offer(to caller: IPAddress) async throws -> JSON {
        guard attestation.publisher?.bootReport != nil else { throw HandoverRoutes.unavailable("no_boot_report") }
        await readList()
        let ground = attestation.ground
        let offer = state.withLock { state in
            state.sessions.open(
                gateway: ground.origin, rootCommitment: commitment, recoverySet: recoverySet,
                from: CallerNetwork(of: caller), at: ground.clock.now(), random: SystemRandom())
        }
        guard let offer else { throw HandoverRoutes.busy(afterSeconds: Int(HandoverSessions.lifetimeSeconds)) }
        ground.log.write("handover_offered", [("session", .id(Hex.encode(offer.session)))])
        return offer.json
    }

    /// Takes a newer list. One that is not good leaves the known one in force, which ends by its own date.
    private func readList() async {
        do {
            let next = try file.read()
            guard try state.withLock({ $0.list }).replaced(by: next) != state.withLock({ $0.list }) else { return }
            // Remembered first: a list that was ever in force is not forgotten by a restart.
            try await HandoverService.admit(next, file, attestation)
            try state.withLock { (state) throws(ReleaseListFault) in state.list = try state.list.replaced(by: next) }
            attestation.ground.log.write("release_list", [("issue", .number(next.issue))])
        } catch {
            let code = (error as? ReleaseListFault)?.code ?? ErrorNames.code(of: error)
            attestation.ground.log.write("release_list_refused", [("code", .id(code))])
        }
    }

    private static func admit(
        _ list: ReleaseList, _ file: ReleaseListFile, _ attestation: AttestationService
    ) async throws {
        try await attestation.ground.database.write { tx in
            try KnownReleaseLists().admit(list, of: file.key, in: tx)
        }
    }

    // MARK: - answer

    private func answer(_ body: JSON) async throws -> JSON {
        guard let request = HandoverRequest(json: body) else { throw HandoverRoutes.malformed }
        guard let own = attestation.publisher?.bootReport?.evidence else {
            throw HandoverRoutes.unavailable("no_boot_report")
        }
        let now = attestation.ground.clock.now()
        let taken = state.withLock { state -> (found: HandoverSessions.Found, list: ReleaseList)? in
            guard !state.isJudging else { return nil }
            state.isJudging = true
            return (state.sessions.take(request.claim.session, at: now), state.list)
        }
        guard let taken else { throw HandoverRoutes.busy(afterSeconds: 1) }
        defer { state.withLock { $0.isJudging = false } }
        let decision = await decide(taken.found, request, taken.list, own: own, at: now)
        guard decision.handsOver, case .open(let offer) = taken.found else {
            throw refuse(decision, request, taken.list)
        }
        return try await seal(offer, request, taken.list)
    }

    /// Seals, has the seal attested, and asks once more: the firmware may have been updated since the boot report.
    private func seal(_ offer: HandoverOffer, _ request: HandoverRequest, _ list: ReleaseList) async throws -> JSON {
        let sealed: HPKEMessage
        do throws(HPKEError) {
            sealed = try root.sealed(
                to: request.claim.publicKey, info: HandoverTranscript.info,
                associated: HandoverTranscript.root(offer, request))
        } catch {
            log("handover_failed", request, list, [("code", .id("seal"))])
            throw HandoverRoutes.malformed
        }
        let evidence: Evidence
        do throws(PublishingError) {
            guard
                let data = HandoverPurpose.answer.reportData(HandoverTranscript.answer(offer, request, sealed))
            else { throw .unusableReport }
            evidence = try await attestation.evidence(over: data)
        } catch {
            let refusal = AttestationRoutes.refusal(error)
            log("handover_failed", request, list, [("code", .id(refusal.reason ?? refusal.kind.code))])
            throw refusal
        }
        let again = await decide(.open(offer), request, list, own: evidence, at: attestation.ground.clock.now())
        guard again.handsOver else { throw refuse(again, request, list) }
        log("handover_done", request, list, [("key", .id(request.claim.publicKey.thumbprint))])
        return HandoverAnswer(session: offer.session, sealed: sealed, evidence: evidence).json
    }

    /// Some signatures are verified: not on the loop that serves everybody else.
    private func decide(
        _ session: HandoverSessions.Found, _ request: HandoverRequest, _ list: ReleaseList, own: Evidence,
        at now: Timestamp
    ) async -> HandoverDecision {
        let (verifier, operators) = (verifier, attestation.ground.policy)
        return await Task.detached {
            let own = verifier.judge(own, by: EvidencePolicy(measurements: nil), at: now)
            let policy = HandoverPolicy.policy(for: request.evidence, own: own, list: list, operators: operators)
            return HandoverDecision(
                session, request, list: list, own: own,
                requester: verifier.judge(request.evidence, by: policy, at: now), at: now)
        }.value
    }

    private func refuse(
        _ decision: HandoverDecision, _ request: HandoverRequest, _ list: ReleaseList
    ) -> any Error {
        let codes = decision.refusals.map(\.rawValue)
        log("handover_refused", request, list, [("codes", .id(codes.joined(separator: ",")))])
        return HandoverRoutes.refusal(codes)
    }

    private func log(
        _ event: String, _ request: HandoverRequest, _ list: ReleaseList, _ more: [(name: String, value: Log.Value)]
    ) {
        let measurement = (try? Report(request.evidence.report))?.measurement
        attestation.ground.log.write(
            event,
            [
                ("session", .id(Hex.encode(request.claim.session))),
                ("measurement", .id(measurement.map { Hex.encode($0) } ?? "unreadable")),
                ("issue", .number(list.issue)),
            ] + more)
    }
}

extension EvidencePolicy {
    /// Whether it names machines or owners. Without, whoever runs a listed release on any genuine host is a receiver.
    fileprivate var namesHosts: Bool {
        chips != nil || idKeyDigests != nil || authorKeyDigests != nil || hostData != nil
    }
}
