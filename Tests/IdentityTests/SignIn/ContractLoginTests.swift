import Database
import DatabaseFixtures
import Ethereum
import Primitives
import Testing

@testable import Identity

@Suite("A contract wallet logs in", .onEveryEngine)
struct ContractLoginTests {
    /// A node that finds code everywhere and says yes to every signature.
    private struct Agreeable: ChainTransport {
        let chainID: UInt64

        func post(_ body: [UInt8], maximumBytes: Int) async throws(ChainTransportFault) -> [UInt8] {
            let method = (try? JSON(parsing: body))?["method"]?.string
            let result: JSON =
                switch method {
                case "eth_chainId": .string("0x" + String(chainID, radix: 16))
                case "eth_getCode": "0x6001"
                default: .string("0x" + String(repeating: "0", count: 63) + "1")
                }
            let answer: JSON = ["jsonrpc": "2.0", "id": 1, "result": result]
            return answer.bytes
        }
    }

    private func gate() async throws -> Gate {
        let chains = [UInt64(8_453), 10].map { ServedChain(Chain(id: $0, transports: [Agreeable(chainID: $0)])) }
        return try await Gate.open(signatures: SignatureCheck(chains: chains + [ServedChain(id: 1)]))
    }

    private func signIn(_ gate: Gate, _ wallet: WalletKey, on chainID: UInt64) async throws -> LoginGrant {
        let challenge = try gate.signIn.challenge(address: wallet.address.checksummed, chainID: chainID)
        return try await gate.signIn.verify(
            message: challenge.message, signature: wallet.signature(challenge.message))
    }

    @Test("It has a wallet of its own on each chain, none of them that of the key at the same address")
    func apart() async throws {
        let gate = try await gate()
        let wallet = try Fixed.wallet()
        let base = try await signIn(gate, wallet, on: 8_453)
        let optimism = try await signIn(gate, wallet, on: 10)
        let key = try await signIn(gate, wallet, on: 1)
        #expect(Set([base.walletID, optimism.walletID, key.walletID]).count == 3)
        #expect(try await signIn(gate, wallet, on: 8_453).walletID == base.walletID)
        for grant in [base, optimism, key] {
            let address = try await gate.database.read { try gate.wallets.address(of: grant.walletID, in: $0) }
            #expect(address == wallet.address)
        }
        #expect(try await gate.database.read { try gate.wallets.find(wallet.address, in: $0) } == key.walletID)
        await gate.close()
    }

    @Test("Its session ends after an hour, because a later block may have taken its signer away")
    func short() async throws {
        let gate = try await gate()
        let wallet = try Fixed.wallet()
        let grant = try await signIn(gate, wallet, on: 8_453)
        #expect(grant.expiresAt == Gate.start.adding(seconds: Sessions.revocableLifetimeSeconds))
        let principal = try await gate.authenticator.authenticate(bearer: grant.token)
        #expect(principal.isLogin && principal.isContract)
        let key = try await signIn(gate, wallet, on: 1)
        #expect(try await !gate.authenticator.authenticate(bearer: key.token).isContract)
        gate.clock.advance(seconds: Sessions.revocableLifetimeSeconds)
        #expect(await refusal(gate, grant.token) == .expired)
        await gate.close()
    }

    @Test("What it makes ends with it: API keys, devices; a registration, which has no end, is refused")
    func bounded() async throws {
        let gate = try await gate()
        let wallet = try Fixed.wallet()
        let grant = try await signIn(gate, wallet, on: 8_453)
        let owner = try await gate.owner(grant.token)
        let credentials = gate.credentials()
        let made = try await credentials.createAPIKey(.init(name: "build", permissions: ["wallet:read"]), by: owner)
        #expect(made.key.current.endsAt == grant.expiresAt)
        let late = grant.expiresAt.adding(seconds: 1).iso8601
        let outlives = try await keyError {
            try await credentials.createAPIKey(.init(name: "build", permissions: [], expiresAt: late), by: owner)
        }
        #expect(outlives == .outlivesCaller)
        let description = try #require(DeviceDescription(client: "cli", platform: "linux", label: nil))
        let invitation = try await gate.devices.begin(description, wanted: ["wallet:read"])
        _ = try await gate.devices.prove(
            deviceCode: invitation.deviceCode, address: wallet.address.lowercase,
            signature: wallet.signature(invitation.message), publicKey: nil)
        let approved = try await gate.devices.approve(userCode: invitation.userCode, scopes: nil, by: owner)
        #expect(approved.delegationExpiresAt == grant.expiresAt)
        await #expect(throws: WorkflowError.loginRequired) {
            try await credentials.register(
                .init(name: "a/b", number: nil, ref: nil, permissions: ["wallet:read"]), by: owner)
        }
        await gate.close()
    }

    @Test(
        "A session's id says whether a contract had a say in its login, also where the key has signed",
        arguments: [
            (.key, false, "lgn_", true), (.key, true, "lgn_delegated_", false),
            (.contract(chainID: 1), true, "lgn_contract_", false),
        ] as [(SignatureProof.Holder, Bool, String, Bool)])
    func marks(holder: SignatureProof.Holder, isRevocable: Bool, prefix: String, isLasting: Bool) throws {
        let proof = SignatureProof(account: try Fixed.address(), holder: holder, isRevocable: isRevocable)
        #expect(Sessions.idPrefix(for: proof) == prefix)
        let owner = CredentialOwner(
            wallet: WalletID(1), sessionID: prefix + "01", expiresAt: Gate.start, allows: { _ in true })
        #expect(owner.isLogin)
        #expect(owner.isLasting == isLasting)
    }

    @Test("The challenge of old takes its signature as well, on the first chain or the one that is named")
    func challenge() async throws {
        let gate = try await gate()
        let wallet = try Fixed.wallet()
        for chainID: UInt64? in [nil, 10] {
            let challenge = try gate.login.challenge(wallet: wallet.address.lowercase)
            let grant = try await gate.login.verify(
                walletAddress: wallet.address.lowercase, signature: "0x1234", nonce: challenge.nonce, chainID: chainID)
            let expected = try await signIn(gate, wallet, on: chainID ?? 8_453)
            #expect(grant.walletID == expected.walletID)
        }
        let challenge = try gate.login.challenge()
        let error = try await loginError {
            try await gate.login.verify(
                walletAddress: wallet.address.lowercase, signature: wallet.signature(challenge.message),
                nonce: challenge.nonce, chainID: 5)
        }
        #expect(error == .chainNotServed)
        await gate.close()
    }
}
