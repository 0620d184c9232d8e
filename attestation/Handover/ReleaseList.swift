public import Cryptography
public import Primitives

/// The measurements to which a root may go and from which it may come, signed by whoever answers for the releases.
///
///     { "type": "sealgate-release-list/1", "issue": 7, "expiresAt": "2027-01-31T00:00:00Z",
///       "releases": [{ "measurement": "9f0c...", "note": "2.1.0, own host, Genoa",
///                      "minimumTCB": [{ "product": "genoa", "model": 17, "snp": 23, "microcode": 72 }] }] }
///
/// It travels in a DSSE envelope under an Ed25519 signature. A list that says less than it could be read to say is
/// refused: an unknown member, a measurement that stands there twice, an issue of zero. `note` is for people and says
/// nothing to the program. Of two lists that are signed the higher issue counts, so a release is taken back by a new
/// list without it; `expiresAt` bounds how long somebody who hides the new list can go on with the old one.
public struct ReleaseList: Hashable, Sendable {
    /// The type under which a list is signed.
    public static let payloadType = "application/vnd.sealgate.release-list+json"
    /// The member `type`.
    public static let type = "sealgate-release-list/1"
    /// The most releases in one list.
    public static let maximumReleases = 1_024

    /// One release on one kind of host.
    public struct Release: Hashable, Sendable {
        /// The launch measurement, 48 bytes.
        public let measurement: [UInt8]
        /// For people.
        public let note: String
        /// The least security versions at which it may hold a root; empty for any.
        public let minimumTCB: [TCBFloor]

        /// A release by its parts.
        public init(measurement: [UInt8], note: String, minimumTCB: [TCBFloor] = []) {
            self.measurement = measurement
            self.note = note
            self.minimumTCB = minimumTCB
        }
    }

    /// Which list of this key, from 1.
    public let issue: Int64
    /// Good up to here.
    public let expiresAt: Timestamp
    /// What is on it.
    public let releases: [Release]

    /// A list by its parts.
    public init(issue: Int64, expiresAt: Timestamp, releases: [Release]) {
        self.issue = issue
        self.expiresAt = expiresAt
        self.releases = releases
    }

    /// Reads a signed list. Its time is not looked at: ask `check(at:)`, each time it is used.
    /// - Parameters:
    ///   - file: the envelope's bytes.
    ///   - key: whose signature counts; the envelope's own hint does not.
    public init(_ file: [UInt8], signedBy key: Ed25519PublicKey) throws(ReleaseListFault) {
        let envelope: DSSEEnvelope
        do throws(EnvelopeFault) { envelope = try DSSEEnvelope(parsing: file) } catch { throw .envelope(error) }
        guard envelope.payloadType == ReleaseList.payloadType else { throw .otherType(envelope.payloadType) }
        guard envelope.signers(among: [key]) == [key] else { throw .notSigned }
        try self.init(unsigned: envelope.payload)
    }

    /// Reads a list that nobody has signed yet, as strictly as one that is: what is signed has to be readable.
    public init(unsigned text: [UInt8]) throws(ReleaseListFault) {
        guard let json = try? JSON(parsing: text) else { throw .content(path: "", detail: "is not JSON") }
        do throws(EvidencePolicyFault) {
            try self.init(json: json)
        } catch {
            throw .content(path: error.path, detail: error.detail)
        }
    }

    /// The list in an envelope that `key` signs, as the gateway reads it.
    public func envelope(signedBy key: Ed25519PrivateKey) -> DSSEEnvelope {
        DSSEEnvelope(payloadType: ReleaseList.payloadType, payload: json.canonicalBytes, signedBy: [key])
    }

    /// The release of a measurement.
    public subscript(_ measurement: [UInt8]) -> Release? {
        releases.first { $0.measurement == measurement }
    }

    /// Throws `expired` from `expiresAt` on.
    public func check(at now: Timestamp) throws(ReleaseListFault) {
        guard now < expiresAt else { throw .expired(expiresAt.iso8601) }
    }

    /// Which of two lists of one key counts: the one with the higher issue.
    /// - Throws: `older` and `twoOfOneIssue` where `next` must not take the place of this one.
    public func replaced(by next: ReleaseList) throws(ReleaseListFault) -> ReleaseList {
        guard next.issue >= issue else { throw .older(issue: next.issue, known: issue) }
        guard next.issue > issue || next == self else { throw .twoOfOneIssue(issue) }
        return next
    }
}
