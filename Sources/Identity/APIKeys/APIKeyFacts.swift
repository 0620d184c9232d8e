import Ethereum
import Primitives

/// What an API key is good for: everything that the code beside its hash covers. Who can write the database can
/// remove a key, but cannot give it to another wallet, widen it or make it live longer.
struct APIKeyFacts: Hashable, Sendable {
    private static let domain = "sealgate/api-key/v1"

    let id: String
    let wallet: WalletID
    let permissions: [Permission]
    /// The only tool server it is good for; nil is every one.
    let server: String?
    /// The first moment at which it is refused.
    let expiresAt: Timestamp

    /// A key that does not exist, for a refusal that takes as long.
    static let none = APIKeyFacts(
        id: "", wallet: WalletID(0), permissions: [], server: nil, expiresAt: Timestamp(unixSeconds: 0))

    /// An unambiguous spelling.
    var bytes: [UInt8] {
        JSON.array([
            .string(APIKeyFacts.domain), .string(id), .integer(wallet.rawValue),
            .array(permissions.map { .string($0.text) }), server.map { .string($0) } ?? .null,
            .integer(expiresAt.unixMicroseconds),
        ]).bytes
    }

    /// How the list stands in its column.
    var permissionsText: String { permissions.map(\.text).joined(separator: ",") }

    /// Reads that column. What cannot be read grants nothing, and the code does not fit any more.
    static func permissions(_ text: String) -> [Permission] {
        text.split(separator: ",").compactMap { Permission(String($0)) }
    }

    func principal(_ prefix: String, _ address: Address) -> Principal {
        Principal(
            walletID: wallet, address: address, sessionID: APIKeyText.credentialID(prefix: prefix),
            expiresAt: expiresAt, rights: .only(permissions), server: server)
    }
}
