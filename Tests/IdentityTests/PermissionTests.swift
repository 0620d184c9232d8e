import Primitives
import Testing

@testable import Identity

@Suite("Permissions")
struct PermissionTests {
    @Test(
        "A grant covers what it names",
        arguments: [
            ("wallet:read", "wallet:read", true), ("wallet:read", "wallet:write", false),
            ("wallet:read", "agents:read", false), ("wallet:*", "wallet:write", true),
            ("wallet:*", "agents:write", false), ("*:read", "agents:read", true), ("*:read", "agents:write", false),
            ("*:*", "agents:write", true), ("Wallet:read", "wallet:read", false), ("wallet:read", "wallet:*", false),
            ("wallet:*", "wallet:*", true), ("wallet:*", "*:*", false),
        ])
    func covers(grant: String, needed: String, expected: Bool) throws {
        let granted = [try #require(Permission(grant))]
        #expect(Permission.allows(granted, try #require(Permission(needed))) == expected)
    }

    @Test("No list is everything, an empty list nothing, several add up")
    func lists() throws {
        let read = try #require(Permission("wallet:read"))
        let chat = try #require(Permission("agents:chat"))
        #expect(Permission.allows(nil, read))
        #expect(!Permission.allows([], read))
        #expect(Permission.allows([chat, read], read))
    }

    @Test(
        "What is not namespace:action is no permission",
        arguments: [
            "", ":", "*", "wallet", "wallet:", ":read", "wallet:read:all", "wal let:read", "wallet:read\n", "w*:read",
            "wallet:**", "wallet,agents:read", "wället:read",
        ])
    func malformed(text: String) {
        #expect(Permission(text) == nil)
    }

    @Test("A permission has at most 64 bytes", arguments: [63, 64, 65])
    func length(count: Int) {
        let text = "a:" + String(repeating: "b", count: count - 2)
        #expect((Permission(text) != nil) == (count <= Permission.maximumBytes))
        #expect(Permission(text)?.text == (count <= 64 ? text : nil))
    }

    @Test("A token for one tool server may do nothing elsewhere")
    func server() throws {
        let read = try #require(Permission("wallet:read"))
        let wallet = try Fixed.address()
        let limited = Principal(
            walletID: WalletID(1), address: wallet, sessionID: "s", expiresAt: Gate.start, server: "weather")
        #expect(!limited.may(read))
        #expect(!limited.may(read, server: "news"))
        #expect(limited.may(read, server: "weather"))
        let free = Principal(walletID: WalletID(1), address: wallet, sessionID: "s", expiresAt: Gate.start)
        #expect(free.may(read))
        #expect(free.may(read, server: "news"))
    }
}
