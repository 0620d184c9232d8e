import Primitives
import Synchronization

/// Lets a wallet do only a few costly things at a time, so that one wallet's long reads never keep another waiting.
final class WalletGate: Sendable {
    /// Costly calls of one wallet at a time: one that runs and one that is being read by a slow client.
    static let places = 2

    /// The right to be inside; leaves when the last reference goes, which for a streamed answer is at its end.
    final class Permit: Sendable {
        private let gate: WalletGate
        private let wallet: WalletID

        fileprivate init(_ gate: WalletGate, _ wallet: WalletID) {
            self.gate = gate
            self.wallet = wallet
        }

        deinit {
            gate.leave(wallet)
        }
    }

    private let inside = Mutex<[WalletID: Int]>([:])

    /// A permit, or nil when the wallet has all its places taken.
    func enter(_ wallet: WalletID) -> Permit? {
        let isFree = inside.withLock { inside in
            let count = inside[wallet, default: 0]
            guard count < WalletGate.places else { return false }
            inside[wallet] = count + 1
            return true
        }
        return isFree ? Permit(self, wallet) : nil
    }

    private func leave(_ wallet: WalletID) {
        inside.withLock { inside in
            let count = inside[wallet, default: 0] - 1
            inside[wallet] = count > 0 ? count : nil
        }
    }
}
