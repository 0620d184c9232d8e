import Ethereum
import Primitives

/// A wallet at a gateway, as its client drives it.
struct Account {
    let wallet: WalletKey
    let connection: PlainConnection

    init(at url: String) throws {
        wallet = try WalletKey.generate()
        connection = try PlainConnection(url)
    }

    /// Logs in; gives the token.
    func login() throws -> String {
        let challenge = try connection.get("/auth/challenge")
        let body: JSON = [
            "walletAddress": .string(wallet.address.checksummed), "nonce": challenge["nonce"] ?? .null,
            "signature": .string(signature(of: challenge)),
        ]
        guard let token = try connection.post("/auth/verify", body)["token"]?.string else {
            throw PlainConnection.Failure.answer(status: 200, body: "no token")
        }
        return token
    }

    /// Logs in, stores a provider key and draws test money; gives the token. Ready to chat.
    func prepare() throws -> String {
        let token = try login()
        let challenge = try connection.get("/wallet/provider-vault/derive-challenge", token: token)
        let key: JSON = [
            "anthropicApiKey": "sk-ant-api03-benchmark-0123456789", "nonce": challenge["nonce"] ?? .null,
            "signature": .string(signature(of: challenge)),
        ]
        _ = try connection.put("/wallet/apikey", key, token: token)
        _ = try connection.post("/wallet/faucet", ["amount": "100000000"], token: token)
        return token
    }

    private func signature(of challenge: JSON) -> String {
        wallet.sign(personalMessage: Array((challenge["message"]?.string ?? "").utf8)).hex
    }
}
