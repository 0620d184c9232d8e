import HTTPServer
import HTTPTypes
import Identity

/// A token that came with a proof of its key: `Authorization: DPoP ...` and one field `DPoP` (RFC 9449 section 7.1).
struct BoundToken: Sendable {
    let token: String
    let offer: ProofOffer

    /// Nil for a request of another scheme. Throws what refuses one of this scheme without exactly one proof.
    init?(_ head: RequestHead) throws(APIError) {
        let values = head.fields.values(of: "Authorization")
        guard values.count == 1, let value = values.first, let space = value.utf8.firstIndex(of: UInt8(ascii: " ")),
            HTTPFields.same(String(value[..<space]), "dpop")
        else { return nil }
        let proofs = head.fields.values(of: "DPoP")
        guard proofs.count == 1 else { throw TokenRefusal.named(.proofInvalid) }
        token = String(value[value.utf8.index(after: space)...])
        offer = ProofOffer(proofs[0], method: head.method.rawValue, path: head.path)
    }
}
