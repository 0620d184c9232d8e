import Cryptography
import Primitives

/// What a root's revocation list says of an intermediate. Chip certificates are not listed: all have the serial number
/// zero, and AMD retires them through the TCB.
public struct Revocation: Sendable {
    /// What became of looking it up: shown in every verdict.
    public enum Status: String, Hashable, Sendable {
        /// A current list of the root does not name the intermediate, or does.
        case checked
        /// The list's successor is overdue, or its time lies ahead.
        case stale
        /// There was no list that could be used.
        case notChecked = "not-checked"
    }

    let status: Status
    let outcome: Check.Outcome

    /// A revocation once published stands, whatever the list's age; that there is none needs a current list.
    init(
        list der: [UInt8]?, intermediate: X509Certificate, root: X509Certificate, mode: EvidencePolicy.RevocationMode,
        at now: Timestamp, _ signatures: VerifiedSignatures
    ) {
        guard let der else {
            self.init(.notChecked, Revocation.unless(mode == .required, "no revocation list came with the evidence"))
            return
        }
        let list: CertificateRevocationList
        do { list = try CertificateRevocationList(der: der) } catch {
            self.init(.notChecked, .fail(.revocation, "the revocation list cannot be read: \(error.detail)"))
            return
        }
        guard signatures.isSigned(list, by: root) else {
            self.init(.notChecked, .fail(.revocation, "the revocation list is not signed by the root"))
            return
        }
        let isCurrent = list.isCurrent(at: now)
        if list.revokedSerials.contains(intermediate.serial) {
            let name = intermediate.subject.commonName ?? "the intermediate"
            let serial = Hex.encode(intermediate.serial)
            self.init(isCurrent ? .checked : .stale, .fail(.revocation, "\(name), serial 0x\(serial), is revoked"))
        } else if isCurrent {
            self.init(.checked, .pass)
        } else if now < list.thisUpdate {
            let from = "the revocation list is from \(list.thisUpdate.iso8601), which lies ahead"
            self.init(.stale, Revocation.unless(mode == .required, from))
        } else {
            let until = list.nextUpdate.map { "ended at \($0.iso8601)" } ?? "does not say when it ends"
            self.init(.stale, Revocation.unless(mode == .required, "the revocation list \(until)"))
        }
    }

    /// Nothing could be looked up.
    static func notAsked(_ why: String) -> Revocation {
        Revocation(.notChecked, .notChecked(why))
    }

    private init(_ status: Status, _ outcome: Check.Outcome) {
        self.status = status
        self.outcome = outcome
    }

    private static func unless(_ isRequired: Bool, _ why: String) -> Check.Outcome {
        isRequired ? .fail(.revocation, why) : .notChecked(why)
    }
}
