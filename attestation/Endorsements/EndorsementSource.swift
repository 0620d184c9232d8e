import Cryptography
public import Primitives

/// Completes evidence that comes without its certificates or its revocation list: from a folder, or from AMD's service.
/// What the evidence brings is never replaced, except by a newer revocation list; complete evidence needs neither.
///
/// What this returns is not trusted for having come from here. The `Verifier` judges all of it.
public actor EndorsementSource {
    /// How old a list may be before a newer one is looked for. AMD publishes about once a year and says so in the list,
    /// but a revocation would come in between.
    static let listRefreshSeconds: Int64 = 86_400
    /// When to look again for what is being fetched in the background: by then the fetch has ended, one way or another.
    static let backgroundSeconds: Int64 = 10

    /// Evidence as far as it could be completed.
    public struct Completion: Sendable {
        /// The evidence with what was found.
        public var evidence: Evidence
        /// What is missing, and why, in plain words.
        public var missing: [String] = []
        /// When it is worth trying again, by the steady clock; nil if nothing is missing or nothing will change.
        public var retryAt: Timestamp?
    }

    private let content: EndorsementContent
    private let cache: EndorsementCache?
    private let fetcher: (any EndorsementFetcher)?
    private let clock: any WallClock
    private let steady: any WallClock
    private var schedule = FetchSchedule()
    private var running: [EndorsementRequest: Task<Found, Never>] = [:]
    /// When a list was last fetched by this process. A file's own time proves nothing.
    private var listFetched: [EndorsementRequest: Timestamp] = [:]

    /// A source with a folder to keep things in, if there is one, and a way to fetch them, if there is one. `clock`
    /// tells what is valid, `steady` when to fetch and when to try again: a host that sets its clock neither stops the
    /// one nor has the service asked without pause.
    public init(
        roots: TrustedRoots = .amd, folder: String?, fetcher: (any EndorsementFetcher)?, clock: any WallClock,
        steady: any WallClock = SteadyClock()
    ) {
        content = EndorsementContent(roots: roots, signatures: VerifiedSignatures())
        cache = folder.map(EndorsementCache.init)
        self.fetcher = fetcher
        self.clock = clock
        self.steady = steady
    }

    /// Adds what `evidence` lacks. A report that cannot be read is left as it is. Without patience what is not at hand
    /// is named as missing, and is there for one of the next calls.
    public func complete(_ evidence: Evidence, _ patience: EndorsementPatience = .waits) async -> Completion {
        var completion = Completion(evidence: evidence)
        guard let report = try? Report(evidence.report), report.signingKey != .unsigned else { return completion }
        for product in products(report, evidence.endorsements) {
            completion = Completion(evidence: evidence)
            await complete(&completion, report, product, patience)
            if completion.evidence.endorsements.vek != nil { break }
        }
        return completion
    }

    /// Usually one. A report of version 2 does not tell, so it may have to be tried out.
    private func products(_ report: Report, _ endorsements: Endorsements) -> [Product] {
        if let der = endorsements.vek, let certificate = try? X509Certificate(der: der) {
            return VEKCertificate(certificate).product.map { [$0] } ?? []
        }
        if report.cpuid != nil { return report.product.map { [$0] } ?? [] }
        return report.reportedTCB.layout == .turin ? [.turin] : [.milan, .genoa]
    }

    private func complete(
        _ completion: inout Completion, _ report: Report, _ product: Product, _ patience: EndorsementPatience
    ) async {
        let key = report.signingKey
        guard let issuers = await issuers(&completion, product, key, patience) else { return }
        if completion.evidence.endorsements.intermediate == nil {
            completion.evidence.endorsements.intermediate = issuers.intermediate.der
        }
        if completion.evidence.endorsements.root == nil { completion.evidence.endorsements.root = issuers.root.der }
        if completion.evidence.endorsements.vek == nil {
            await addVEK(&completion, report, product, issuers, patience)
        }
        await addList(&completion, .revocationList(product, key), issuers, patience)
    }

    /// The evidence's own, if they are genuine, or those from here.
    private func issuers(
        _ completion: inout Completion, _ product: Product, _ key: SigningKey, _ patience: EndorsementPatience
    ) async -> EndorsementContent.Issuers? {
        let own = completion.evidence.endorsements
        if let intermediate = own.intermediate {
            let issuers = content.issuers([intermediate] + (own.root.map { [$0] } ?? []), product, key)
            if issuers == nil { completion.missing.append("the evidence's own intermediate or root is not genuine") }
            return issuers
        }
        let found = await obtain(.chain(product, key), nil, patience)
        note(found, "the intermediate", in: &completion)
        return found.bytes.flatMap(PEMCertificates.read).flatMap { content.issuers($0, product, key) }
    }

    private func addVEK(
        _ completion: inout Completion, _ report: Report, _ product: Product, _ issuers: EndorsementContent.Issuers,
        _ patience: EndorsementPatience
    ) async {
        guard report.signingKey == .vcek else {
            completion.missing.append("the VLEK certificate, which only the cloud can give")
            return
        }
        guard let request = EndorsementRequest.vcek(of: report, product) else {
            completion.missing.append("the VCEK certificate: the host hides the chip's id")
            return
        }
        let found = await obtain(request, issuers, patience)
        completion.evidence.endorsements.vek = found.bytes
        note(found, "the VCEK certificate", in: &completion)
    }

    /// Of the lists that the root signed the newest: an old one could hide what has been revoked since.
    private func addList(
        _ completion: inout Completion, _ request: EndorsementRequest, _ issuers: EndorsementContent.Issuers,
        _ patience: EndorsementPatience
    ) async {
        let own = completion.evidence.endorsements.crl
        let ownList = own.flatMap { content.revocationList($0, issuers) }
        if own != nil, ownList == nil { return }
        let isOwnCurrent = ownList?.isCurrent(at: clock.now()) ?? false
        let found = isOwnCurrent ? Found(bytes: kept(request, issuers)) : await obtain(request, issuers, patience)
        if let bytes = found.bytes, let list = content.revocationList(bytes, issuers),
            list.thisUpdate > ownList?.thisUpdate ?? Timestamp(unixMicroseconds: .min)
        {
            completion.evidence.endorsements.crl = bytes
        }
        if completion.evidence.endorsements.crl == nil { note(found, "the revocation list", in: &completion) }
    }

    private func note(_ found: Found, _ what: String, in completion: inout Completion) {
        guard found.bytes == nil else { return }
        completion.missing.append("\(what): \(found.why)")
        if let retryAt = found.retryAt { completion.retryAt = min(completion.retryAt ?? retryAt, retryAt) }
    }
}

extension EndorsementSource {
    /// What came of looking for something.
    struct Found: Sendable {
        var bytes: [UInt8]?
        var why = ""
        var retryAt: Timestamp?
    }

    /// From the folder or the service. Who asks for what is being fetched already waits for the same answer.
    private func obtain(
        _ request: EndorsementRequest, _ issuers: EndorsementContent.Issuers?, _ patience: EndorsementPatience
    ) async -> Found {
        let kept = kept(request, issuers)
        if let kept, !isDue(request, kept) { return Found(bytes: kept) }
        let isImpatient = patience == .takesWhatIsThere && fetcher != nil
        var next = schedule
        if isImpatient, running[request] == nil,
            case .wait(let until, let why) = next.start(request, at: steady.now())
        {
            return Found(bytes: kept, why: why, retryAt: until)
        }
        let task: Task<Found, Never>
        if let already = running[request] {
            task = already
        } else {
            task = Task { await self.fetch(request, issuers) }
            running[request] = task
        }
        if isImpatient {
            let retryAt = steady.now().adding(seconds: EndorsementSource.backgroundSeconds)
            return Found(bytes: kept, why: "it is being fetched", retryAt: retryAt)
        }
        var found = await task.value
        if found.bytes == nil { found.bytes = kept }
        return found
    }

    /// What the folder has, if it is genuine. What is not is removed.
    private func kept(_ request: EndorsementRequest, _ issuers: EndorsementContent.Issuers?) -> [UInt8]? {
        guard let cache, let bytes = cache.content(for: request) else { return nil }
        if isGenuine(bytes, request, issuers) { return bytes }
        cache.remove(request)
        return nil
    }

    /// Certificates never change. A list is due once a day, and at once if it has ended.
    private func isDue(_ request: EndorsementRequest, _ bytes: [UInt8]) -> Bool {
        guard case .revocationList = request, fetcher != nil else { return false }
        guard let list = try? CertificateRevocationList(der: bytes), list.isCurrent(at: clock.now()),
            let fetched = listFetched[request]
        else { return true }
        return steady.now() >= fetched.adding(seconds: EndorsementSource.listRefreshSeconds)
    }

    private func isGenuine(
        _ bytes: [UInt8], _ request: EndorsementRequest, _ issuers: EndorsementContent.Issuers?
    ) -> Bool {
        switch request {
        case .chain(let product, let key):
            PEMCertificates.read(bytes).flatMap { content.issuers($0, product, key) } != nil
        case .vcek(let product, let chipID, let tcb):
            issuers.map { content.isVCEK(bytes, of: chipID, tcb, product, $0) } ?? false
        case .revocationList: issuers.flatMap { content.revocationList(bytes, $0) } != nil
        }
    }

    private func fetch(_ request: EndorsementRequest, _ issuers: EndorsementContent.Issuers?) async -> Found {
        defer { running[request] = nil }
        guard let fetcher else { return Found(why: "it did not come with the evidence, and nothing is fetched") }
        if case .wait(let until, let why) = schedule.start(request, at: steady.now()) {
            return Found(why: why, retryAt: until)
        }
        let answer: EndorsementAnswer
        do {
            answer = try await fetcher.get(request.target, maximumBytes: EndorsementRequest.maximumAnswerBytes)
        } catch {
            return failed(request, .unavailable(retryAfterSeconds: nil), error.detail)
        }
        switch answer.status {
        case 200
        where answer.body.count <= EndorsementRequest.maximumAnswerBytes
            && isGenuine(answer.body, request, issuers):
            schedule.finish(request, .usable, at: steady.now())
            if case .revocationList = request { listFetched[request] = steady.now() }
            if let kept = kept(request, issuers), isOlder(answer.body, than: kept) { return Found(bytes: kept) }
            cache?.keep(answer.body, for: request)
            return Found(bytes: answer.body)
        case 200: return failed(request, .refused, "the service sent something else")
        case 408, 429, 500...599:
            let outcome = FetchSchedule.Outcome.unavailable(retryAfterSeconds: answer.retryAfterSeconds)
            return failed(request, outcome, "the service answered \(answer.status)")
        default: return failed(request, .refused, "the service answered \(answer.status)")
        }
    }

    /// Whether one list was made before another. Whoever answers with an older one would hide what was revoked since.
    private func isOlder(_ bytes: [UInt8], than kept: [UInt8]) -> Bool {
        guard let new = try? CertificateRevocationList(der: bytes), let old = try? CertificateRevocationList(der: kept)
        else { return false }
        return new.thisUpdate < old.thisUpdate
    }

    /// Asking the schedule anew tells when the next try is allowed.
    private func failed(_ request: EndorsementRequest, _ outcome: FetchSchedule.Outcome, _ why: String) -> Found {
        schedule.finish(request, outcome, at: steady.now())
        var next = schedule
        guard case .wait(let until, _) = next.start(request, at: steady.now()) else { return Found(why: why) }
        return Found(why: why, retryAt: until)
    }
}
