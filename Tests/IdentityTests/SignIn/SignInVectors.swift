import Cryptography
import Ethereum
import Foundation
import Primitives
import Testing

@testable import Identity

/// Sign-In texts: our own vectors beside these tests, and those of the reference implementation beside the package.
enum SignInVectors {
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    private static let reference = tests.deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "shared/vectors/siwe-reference")

    static func cases() throws -> [JSON] {
        let file = tests.appending(path: "Vectors/siwe.json")
        return try #require(try JSON(parsing: Array(Data(contentsOf: file)))["cases"]?.array)
    }

    /// The members of a file of the reference implementation; none where the folder is absent.
    static func referenceCases(_ name: String) throws -> [JSON.Member] {
        let file = reference.appending(path: "\(name).json")
        guard FileManager.default.fileExists(atPath: file.path) else { return [] }
        return try #require(try JSON(parsing: Array(Data(contentsOf: file))).members)
    }

    /// Whether `text` under `signature` is a login at `origin`, for a gateway that gave out `nonce` alone.
    static func refusal(
        _ text: String, signature: String, origin: String, nonce: String, chainID: UInt64, at now: Timestamp
    ) async -> SignInError? {
        do throws(SignInError) {
            let message = try SignInMessage(parsing: text)
            try SignInCheck(origin: origin) { $0 == chainID }.check(message, at: now)
            guard message.nonce == nonce else { return .challenge(.unknown) }
            return await refusal(
                SignatureClaim(
                    account: message.address, digest: PersonalMessage.digest(of: Array(text.utf8)),
                    signature: Hex.decode(signature) ?? [], chainID: chainID, takesLowV: true))
        } catch {
            return error
        }
    }

    private static func refusal(_ claim: SignatureClaim) async -> SignInError? {
        let check = SignatureCheck(chains: [ServedChain(id: claim.chainID ?? 1)])
        do throws(SignatureRefusal) {
            _ = try await check.check(claim)
            return nil
        } catch {
            return SignInError(error)
        }
    }
}
