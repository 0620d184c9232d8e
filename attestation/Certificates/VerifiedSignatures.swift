import Cryptography
import Synchronization

/// Remembers which certificates and lists were found signed by which issuer. Only successes are kept, by SHA-256 of
/// both whole, so an entry can never speak for other bytes; names, flags and time are judged anew each time.
final class VerifiedSignatures: Sendable {
    /// A few hundred bytes each. The oldest makes room: whoever sends many certificates only costs the others time.
    static let maximumEntries = 256

    private struct Entry: Hashable {
        let subject: [UInt8]
        let issuer: [UInt8]
    }

    private struct State {
        var known: Set<Entry> = []
        var order: [Entry] = []
        var next = 0
    }

    private let state = Mutex(State())

    /// Whether `issuer`'s key signed `certificate`.
    func isSigned(_ certificate: X509Certificate, by issuer: X509Certificate) -> Bool {
        isKnown(Entry(subject: certificate.sha256, issuer: issuer.sha256)) { certificate.isSigned(by: issuer) }
    }

    /// Whether `issuer` signed `list`.
    func isSigned(_ list: CertificateRevocationList, by issuer: X509Certificate) -> Bool {
        isKnown(Entry(subject: SHA256.hash(list.der), issuer: issuer.sha256)) { list.isSigned(by: issuer) }
    }

    private func isKnown(_ entry: Entry, orFound: () -> Bool) -> Bool {
        if state.withLock({ $0.known.contains(entry) }) { return true }
        guard orFound() else { return false }
        state.withLock { state in
            guard state.known.insert(entry).inserted else { return }
            if state.order.count < VerifiedSignatures.maximumEntries {
                state.order.append(entry)
            } else {
                state.known.remove(state.order[state.next])
                state.order[state.next] = entry
                state.next = (state.next + 1) % VerifiedSignatures.maximumEntries
            }
        }
        return true
    }
}
