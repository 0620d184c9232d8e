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
            ("wallet:*", "wallet:*", true), ("wallet:*", "*:*", false), ("*:*", "*:*", true),
            ("*:*", "sessions:read", false), ("*:write", "apikeys:write", false), ("*:*", "devices:*", false),
            ("*:*", "peers:delegate", false), ("*:*", "github:write", false), ("sessions:*", "sessions:write", true),
            ("sessions:read", "sessions:read", true), ("sessions:read", "sessions:*", false),
            ("apikeys:*", "devices:read", false),
        ])
    func covers(grant: String, needed: String, expected: Bool) throws {
        let granted = [try #require(Permission(grant))]
        #expect(Rights.only(granted).allows(try #require(Permission(needed))) == expected)
    }

    @Test("A login may do everything, a plain wallet token all but manage credentials, an empty list nothing")
    func rights() throws {
        let everyday = try ["wallet:read", "vault:unlock", "agents:chat", "*:*"].map { try #require(Permission($0)) }
        let credentials = try [
            "sessions:read", "apikeys:write", "devices:read", "github:write", "peers:delegate", "sessions:*",
        ].map { try #require(Permission($0)) }
        for needed in everyday + credentials {
            #expect(Rights.everything.allows(needed))
            #expect(Rights.everyday.allows(needed) == everyday.contains(needed))
            #expect(!Rights.none.allows(needed))
        }
        #expect(Rights.only([everyday[2], everyday[0]]).allows(everyday[0]))
    }

    @Test(
        "Nobody passes on what they do not have",
        arguments: [
            (["wallet:read"], ["wallet:read"], true), (["wallet:*"], ["wallet:read", "wallet:write"], true),
            (["wallet:read"], ["wallet:*"], false), (["wallet:read"], ["wallet:read", "agents:chat"], false),
            (["*:read"], ["wallet:read", "agents:read"], true), (["*:read"], ["*:*"], false),
            (["*:*"], ["apikeys:write"], false), (["*:*", "apikeys:*"], ["apikeys:write", "*:*"], true),
            (["wallet:read"], [], true), ([], ["wallet:read"], false),
        ])
    func passingOn(own: [String], given: [String], expected: Bool) throws {
        let rights = Rights.only(try #require(Permission.list(own)))
        #expect(rights.cover(try #require(Permission.list(given))) == expected)
    }

    @Test("A list has at most 16 permissions, each of which can be read", arguments: [15, 16, 17])
    func lists(count: Int) {
        #expect((Permission.list(Array(repeating: "a:b", count: count)) != nil) == (count <= Permission.maximumCount))
        #expect(Permission.list(["a:b", "a"]) == nil)
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
            walletID: WalletID(1), address: wallet, sessionID: "s", expiresAt: Gate.start,
            rights: .everything, server: "weather")
        #expect(!limited.may(read))
        #expect(!limited.may(read, server: "news"))
        #expect(limited.may(read, server: "weather"))
        let free = Principal(
            walletID: WalletID(1), address: wallet, sessionID: "s", expiresAt: Gate.start, rights: .everything)
        #expect(free.may(read))
        #expect(free.may(read, server: "news"))
    }
}
