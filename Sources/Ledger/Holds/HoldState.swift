public import Primitives

/// Where a hold stands. `open` goes to one of the others, once; those are final.
public enum HoldState: Hashable, Sendable {
    /// Locks its amount. Goes to `captured`, `released`, or, once its time is over, `expired`.
    case open
    /// Charged: `charged` (at most the hold) was the wallet's, `overrun` is what the cost exceeded the hold by and the
    /// house bears. Final.
    case captured(charged: MicroUSDC, overrun: MicroUSDC)
    /// Given back whole, because nothing was used. Final.
    case released
    /// Given back whole, because its time was over. Final.
    case expired
}

/// How a hold is to end.
enum HoldResolution: Hashable, Sendable {
    case capture(cost: MicroUSDC)
    case release
    case expire
}

extension Hold {
    /// The state that `resolution` leads to; nil if it has been reached before.
    /// - Throws: `LedgerError.holdAlreadyResolved` if another one has, `.holdNotExpired`, `.amountOutOfRange`.
    func state(after resolution: HoldResolution, at now: Timestamp) throws(LedgerError) -> HoldState? {
        let wanted: HoldState
        switch resolution {
        case .capture(let cost):
            guard cost >= .zero, cost <= .maximum else { throw .amountOutOfRange }
            let charged = min(cost, amount)
            wanted = .captured(charged: charged, overrun: cost - charged)
        case .release: wanted = .released
        case .expire: wanted = .expired
        }
        guard state == .open else {
            guard state == wanted else { throw .holdAlreadyResolved(id: id, as: state) }
            return nil
        }
        guard wanted != .expired || now >= expiresAt else { throw .holdNotExpired(id: id, expiresAt: expiresAt) }
        return wanted
    }
}

extension HoldState {
    /// As the column says it.
    var name: String {
        switch self {
        case .open: "open"
        case .captured: "captured"
        case .released: "released"
        case .expired: "expired"
        }
    }

    /// From the columns.
    init?(name: String, charged: MicroUSDC, overrun: MicroUSDC) {
        switch name {
        case "open": self = .open
        case "captured": self = .captured(charged: charged, overrun: overrun)
        case "released": self = .released
        case "expired": self = .expired
        default: return nil
        }
    }
}
