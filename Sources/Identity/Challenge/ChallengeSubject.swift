public import Ethereum
public import Primitives

/// Who may use a nonce. The subject itself is not in the nonce; its kind is, and the MAC covers both.
public enum ChallengeSubject: Hashable, Sendable {
    /// Whoever signs.
    case anyone
    /// The wallet with this address, which need not be known to us yet.
    case address(Address)
    /// A wallet that has logged in.
    case wallet(WalletID)

    /// The byte in the nonce.
    var kind: UInt8 {
        switch self {
        case .anyone: 0
        case .address: 1
        case .wallet: 2
        }
    }

    /// What the MAC covers after the nonce's own fields; the length follows from the kind.
    var bytes: [UInt8] {
        switch self {
        case .anyone: []
        case .address(let address): address.bytes
        case .wallet(let wallet): withUnsafeBytes(of: wallet.rawValue.bigEndian) { Array($0) }
        }
    }
}
