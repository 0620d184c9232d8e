import Testing

@testable import Ethereum

@Suite("What is done about a signature follows from its form and the account's code")
struct SignatureDecisionTests {
    private static let plain = [UInt8](repeating: 7, count: 65)
    private static let delegate = Address(bytes: [UInt8](repeating: 1, count: 20))

    @Test("Where code stands the key is not recovered, a delegation included")
    func code() throws {
        let asked = SignatureDecision.ask(DeployableSignature(plain: SignatureDecisionTests.plain))
        let delegate = try #require(SignatureDecisionTests.delegate)
        #expect(SignatureDecision(signature: SignatureDecisionTests.plain, code: .contract) == asked)
        #expect(SignatureDecision(signature: SignatureDecisionTests.plain, code: .delegated(to: delegate)) == asked)
        #expect(SignatureDecision(signature: SignatureDecisionTests.plain, code: AccountCode.none) == .recover)
    }

    @Test("A wrapper comes first, whatever stands there", arguments: [AccountCode.none, .contract])
    func wrapper(code: AccountCode) throws {
        let bytes = DeployableSignatureTests.wrapped()
        let opened = try #require(DeployableSignature(wrapped: bytes))
        #expect(SignatureDecision(signature: bytes, code: code) == .ask(opened))
    }

    @Test("Without a node a key's 65 bytes are recovered, and a contract's signature is said not to be served")
    func noNode() {
        #expect(SignatureDecision(signature: SignatureDecisionTests.plain, code: nil) == .recover)
        #expect(SignatureDecision(signature: [1], code: nil) == .recover)
        for bytes in [
            SignatureDecisionTests.plain + [1], DeployableSignatureTests.wrapped(), DeployableSignature.magic,
        ] {
            #expect(SignatureDecision(signature: bytes, code: nil) == .refuse(.contractWalletsNotServed))
        }
    }
}
