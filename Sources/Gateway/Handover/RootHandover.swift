public import Attestation
import Cryptography
public import HTTPClient
import HTTPTypes
import Identity
public import Primitives

/// The receiver's side of a hand-over: a new machine, before its first start, gets the root of an instance that runs.
///
/// Nothing is written before everything is judged, and nothing that stands in the folder is replaced.
public struct RootHandover: Sendable {
    /// What the operator asks for.
    public struct Order: Sendable {
        /// Where the giver answers, `https://10.0.0.4:8787`.
        public let url: String
        /// The public origin that the giver must have, which is in its evidence.
        public let gateway: String
        /// The release list and the key that signs it.
        public let files: AttestationSettings.HandoverFiles
        /// The data folder of the new machine; made if it is missing.
        public let folder: String
        /// The recovery document of the root, from the giver's data folder; needed where the root is to be sealed.
        public let recovery: String?
        /// Measurements of givers that count beside those of the list, 48 bytes each.
        public let givers: Set<[UInt8]>

        /// An order.
        public init(
            url: String, gateway: String, files: AttestationSettings.HandoverFiles, folder: String,
            recovery: String? = nil, givers: Set<[UInt8]> = []
        ) {
            self.url = url
            self.gateway = gateway
            self.files = files
            self.folder = folder
            self.recovery = recovery
            self.givers = givers
        }
    }

    /// What was done.
    public struct Receipt: Sendable {
        /// The file that holds the root now.
        public let path: String
        /// The giver's measurement, 48 bytes.
        public let giver: [UInt8]
        /// One's own measurement, 48 bytes.
        public let own: [UInt8]
        /// The issue of the release list.
        public let issue: Int64
        /// The commitment to the root: the same at every holder.
        public let commitment: [UInt8]
    }

    /// Why there is no root; in words for people.
    public struct Failure: Error, CustomStringConvertible {
        /// What went wrong, and what to do.
        public let description: String

        init(description: String) {
            self.description = description
        }
    }

    /// Waits longer than a device takes that is asked twice.
    private static let limits = ClientLimits(
        connectMilliseconds: 10_000, firstByteMilliseconds: 30_000, idleMilliseconds: 10_000,
        totalMilliseconds: 40_000)
    /// What a data folder holds that was begun.
    private static let begun = [
        Gateway.databaseName, RootSecretStore.fileName, RootFiles.copyName, RootFiles.documentName,
    ]

    private let configuration: Configuration
    private let client: HTTPClient
    private let clock: any WallClock
    private let random: any RandomSource
    private let verifier: Verifier
    private let roots: TrustedRoots

    /// A receiver with the settings that its gateway will have. `roots` are AMD's; tests alone can pass others.
    public init(
        _ configuration: Configuration, client: HTTPClient, clock: some WallClock, random: some RandomSource,
        roots: TrustedRoots = .amd
    ) {
        self.configuration = configuration
        self.client = client
        self.clock = clock
        self.random = random
        self.roots = roots
        verifier = Verifier(roots: roots)
    }

    /// Carries the order out.
    /// - Throws: `Failure` and `GatewayStartError`, both for people; then nothing was written.
    public func carryOut(_ order: Order) async throws -> Receipt {
        _ = try ProcessHardening.apply(secretSlots: configuration.secretSlots)
        let list = try ReleaseListFile(order.files).begin(at: clock.now())
        try RootHandover.checkUnused(order.folder)
        let keeper = try ReceivedRoot(configuration, order)
        let queue: DeviceQueue?
        do throws(DeviceFault) { queue = try configuration.attestation.openDevice() } catch {
            throw AttestationSettings.noDevice(error)
        }
        guard let queue else {
            throw Failure(description: "\(Setting.sevDevice.name): a hand-over needs this machine's own evidence.")
        }
        defer { queue.stop() }
        let endorsements = EndorsementSource(
            roots: roots, folder: nil,
            fetcher: configuration.attestation.kdsURL.map { KDSFetcher(client: client, baseURL: $0) }, clock: clock)
        return try await receive(
            order, list, HandoverDevice(queue: queue, endorsements: endorsements), keeper)
    }

    private func receive(
        _ order: Order, _ list: ReleaseList, _ device: HandoverDevice, _ keeper: ReceivedRoot
    ) async throws -> Receipt {
        let path = "/api/attestation/handover"
        guard let offer = HandoverOffer(json: try await post(order.url + path + "/offer", nil)) else {
            throw Failure(description: "\(order.url) made no offer that can be read.")
        }
        guard offer.gateway == order.gateway else {
            throw Failure(
                description: "\(order.url) says it is \(offer.gateway), not \(order.gateway). If that is the one you "
                    + "mean, say so by --gateway.")
        }
        let key = try X25519PrivateKey.generate()
        let claim = HandoverRequest.Claim(
            answering: offer, nonce: random.bytes(HandoverOffer.hashBytes), publicKey: key.publicKey)
        guard let data = HandoverPurpose.request.reportData(HandoverTranscript.request(offer, claim)) else {
            throw Failure(description: "There is no data to report over.")
        }
        let evidence: Evidence
        do throws(PublishingError) { evidence = try await device.evidence(over: data) } catch {
            throw Failure(description: "This machine's device gave no evidence (\(error)).")
        }
        let request = HandoverRequest(claim: claim, evidence: evidence)
        guard let answer = HandoverAnswer(json: try await post(order.url + path, request.json)) else {
            throw Failure(description: "\(order.url) gave no answer that can be read.")
        }
        let (own, giver) = try judge(answer, to: request, offer, order, list)
        let secret = try open(answer, request, offer, key)
        let commitment = try RootHandover.check(secret, offer)
        try RootHandover.checkUnused(order.folder)
        return Receipt(
            path: try keeper.keep(secret, random: random), giver: giver.measurement, own: own.measurement,
            issue: list.issue, commitment: commitment)
    }

    /// Both reports, if nothing is against taking the root.
    private func judge(
        _ answer: HandoverAnswer, to request: HandoverRequest, _ offer: HandoverOffer, _ order: Order,
        _ list: ReleaseList
    ) throws(Failure) -> (own: Report, giver: Report) {
        let now = clock.now()
        let own = verifier.judge(request.evidence, by: EvidencePolicy(measurements: nil), at: now)
        let policy = HandoverPolicy.policy(for: answer.evidence, own: own, list: list, named: order.givers)
        let giver = verifier.judge(answer.evidence, by: policy, at: now)
        let acceptance = HandoverAcceptance(
            answer, to: request, offer, gateway: order.gateway, list: list, named: order.givers, own: own,
            giver: giver, at: now)
        guard acceptance.takes, let ownReport = own.report, let giverReport = giver.report else {
            let reasons = acceptance.findings.map { "\($0.refusal.rawValue): \($0.detail)" }
            throw Failure(description: "The giver is not believed. " + reasons.joined(separator: "; "))
        }
        return (ownReport, giverReport)
    }

    private func open(
        _ answer: HandoverAnswer, _ request: HandoverRequest, _ offer: HandoverOffer, _ key: X25519PrivateKey
    ) throws(Failure) -> Secret {
        do throws(HPKEError) {
            return try HPKE.openSecret(
                answer.sealed, with: key, info: HandoverTranscript.info,
                associated: HandoverTranscript.root(offer, request))
        } catch {
            throw Failure(description: "What the giver sealed does not open (\(error)).")
        }
    }

    /// The commitment to what was opened, if it is the root that was offered.
    private static func check(_ secret: Secret, _ offer: HandoverOffer) throws -> [UInt8] {
        guard let root = RootSecret(secret) else { throw Failure(description: "What the giver sealed is no root.") }
        let commitment = try root.commitment()
        guard offer.rootCommitment == nil || offer.rootCommitment == commitment else {
            throw Failure(description: "The root is another than the giver has committed itself to.")
        }
        return commitment
    }

    private static func checkUnused(_ folder: String) throws(Failure) {
        guard let found = begun.first(where: { DataFile.exists(folder + "/" + $0) }) else { return }
        throw Failure(
            description: "\(folder) holds \(found): a hand-over is for a folder that was not begun. The database "
                + "comes after the root.")
    }

    private func post(_ url: String, _ body: JSON?) async throws(Failure) -> JSON {
        let (status, bytes): (Int, [UInt8])
        do throws(HTTPClientError) {
            let response = try await client.send(
                ClientRequest(
                    method: .post, url: url, fields: body == nil ? [] : [("Content-Type", "application/json")],
                    body: body?.bytes ?? [], limits: RootHandover.limits))
            status = response.status
            bytes = try await response.body.collect(upTo: HandoverAnswer.maximumBytes)
        } catch {
            let hint = error == .egressRefused ? " It is a private address: \(Setting.egressAllow.name) admits it." : ""
            throw Failure(description: "\(url) could not be reached (\(error)).\(hint)")
        }
        let json = (try? JSON(parsing: bytes)) ?? .null
        guard status == 200 else {
            let codes = json["codes"]?.array?.compactMap(\.string).joined(separator: ", ")
            let said = codes ?? json["error"]?.string ?? ""
            throw Failure(description: "\(url) answered \(status): \(said.prefix(400))")
        }
        return json
    }
}
