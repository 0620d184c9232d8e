import Cryptography
import Ethereum
import Primitives
import Testing

/// Wallets that are the same in every run.
enum Fixed {
    /// The wallet whose private key is `number`. Public, so never to be funded.
    static func wallet(_ number: UInt8 = 1) throws -> WalletKey {
        try #require(WalletKey(try Secret(copying: [UInt8](repeating: 0, count: 31) + [number])))
    }

    static func address(_ number: UInt8 = 1) throws -> Address {
        try wallet(number).address
    }

    /// The other signature that the same key could have made: (r, n - s) with the other v.
    static func highS(_ signature: WalletSignature) -> String {
        let order = Hex.decode("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141") ?? []
        var high = order
        var borrow = 0
        for index in (0..<32).reversed() {
            let difference = Int(order[index]) - Int(signature.s[index]) - borrow
            borrow = difference < 0 ? 1 : 0
            high[index] = UInt8(truncatingIfNeeded: difference)
        }
        return "0x" + Hex.encode(signature.r + high + [signature.v == 27 ? 28 : 27])
    }
}
