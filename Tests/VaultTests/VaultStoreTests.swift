import Cryptography
import Database
import Foundation
import Primitives
import Testing

@testable import Vault

@Suite("Ciphertexts lie in rows or in a folder, and nobody can tell from outside")
struct VaultStoreTests {
    enum Kind: CaseIterable, Sendable {
        case rows, folder

        func store(_ path: String) throws -> any VaultStore {
            switch self {
            case .rows: RowVaultStore()
            case .folder: try FolderVaultStore(path: path, random: SystemRandom())
            }
        }
    }

    private func room(_ kind: Kind, in folder: TemporaryFolder, allowsUnsigned: Bool = false) throws -> Room {
        let path = folder.file("vault")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return try Room.open(in: folder, allowsUnsigned: allowsUnsigned, store: kind.store(path))
    }

    private func files(_ folder: TemporaryFolder) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.file("vault")).filter { $0.contains("-") }.sorted()
    }

    @Test("The whole life of a key: store, replace, use, restart, unlock, rotate, delete", arguments: Kind.allCases)
    func journey(kind: Kind) async throws {
        let folder = try TemporaryFolder()
        let person = try Person()
        do {
            let first = try room(kind, in: folder)
            try await first.store("sk-ant-one", by: person)
            try await first.store("sk-ant-two", by: person)
            #expect(try await first.key(of: person) == "sk-ant-two")
            #expect(try files(folder).count == (kind == .folder ? 1 : 0))
            await first.close()
        }

        let again = try room(kind, in: folder)
        #expect(try await again.vault.recover() == 0)
        #expect(try await again.unlock(by: person).unlockedProviders == ["anthropic"])
        let before = try files(folder)
        let challenge = try await again.vault.rotationChallenge(.providers, for: person.caller)
        _ = try await again.vault.rotate(
            .providers, old: VaultProof(text: person.signature(challenge.old.message), nonce: challenge.nonce),
            new: VaultProof(text: person.signature(challenge.new.message), nonce: nil), for: person.caller)
        #expect(try await again.key(of: person) == "sk-ant-two")
        let after = try files(folder)
        #expect(after.count == before.count)
        #expect(kind == .rows || after != before)
        #expect(try await again.vault.delete(SecretScope(.anthropic), for: person.caller))
        #expect(try files(folder) == [])
        await again.close()
    }

    @Test("A copy without a signature moves the same way", arguments: Kind.allCases)
    func migration(kind: Kind) async throws {
        let folder = try TemporaryFolder()
        let person = try Person()
        let room = try room(kind, in: folder, allowsUnsigned: true)
        _ = try await room.vault.store(
            [NamedSecret(SecretName(.anthropic), Secret(copying: Array("sk-ant-x".utf8)))],
            VaultProof(signature: nil, nonce: nil), for: person.caller)
        #expect(try await room.unlock(by: person).migratedProviders == ["anthropic"])
        #expect(try files(folder).count == (kind == .folder ? 2 : 0))
        let later = try Person(1, grant: "later")
        _ = try await room.unlock(by: later)
        #expect(try files(folder).count == (kind == .folder ? 1 : 0))
        #expect(try await room.key(of: later) == "sk-ant-x")
        await room.close()
    }

    @Test("A refused request leaves no file, and one at once with others one record", arguments: Kind.allCases)
    func refused(kind: Kind) async throws {
        let folder = try TemporaryFolder()
        let person = try Person()
        let room = try room(kind, in: folder)
        let (message, _) = try await room.challenge(for: person.caller)
        let error = try await vaultError {
            try await room.vault.store(
                .anthropic, key: Secret(copying: Array("sk-ant-x".utf8)), signature: person.signature(message),
                nonce: "invented", for: person.caller)
        }
        #expect(error == .nonceRejected)
        #expect(try files(folder) == [])
        #expect(try await room.actions() == [], "an invented nonce sets nothing going")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<6 { group.addTask { try await room.store("sk-ant-\(number)", by: person) } }
            try await group.waitForAll()
        }
        #expect(try files(folder).count == (kind == .folder ? 1 : 0))
        #expect(try await room.key(of: person).hasPrefix("sk-ant-"))
        await room.close()
    }

    @Test("The intent stands in the log before a file is made, and nothing is said of rows")
    func intent() async throws {
        let folder = try TemporaryFolder()
        let room = try room(.folder, in: folder)
        let person = try Person()
        try await room.store("sk-ant-x", by: person)
        #expect(try await room.actions() == ["storing", "stored"])
        try FileManager.default.removeItem(atPath: folder.file("vault"))
        #expect(try await vaultError { try await room.store("sk-ant-y", by: person) } == .storageFailed)
        #expect(try await room.actions() == ["storing", "stored", "storing"])
        #expect(try await vaultError { try await room.key(of: person) } == .storageFailed)
        let unlocking = try await vaultError { try await room.unlock(by: person) }
        #expect(unlocking == .storageFailed, "no verdict on the signer")
        #expect(try await room.status(of: person).unlocked == false)
        await room.close()
    }

    @Test("What a death left behind at the next start: begun files go, whole ones that no row names are put aside")
    func recovery() async throws {
        let folder = try TemporaryFolder()
        let person = try Person()
        do {
            let first = try room(.folder, in: folder)
            try await first.store("sk-ant-x", by: person)
            await first.close()
        }
        let own = try #require(try files(folder).first)
        let place = folder.file("vault/" + String(own.prefix(64)))
        let left = String(own.dropFirst(65).prefix(64)) + "-" + String(repeating: "0", count: 32)
        for name in [left, "begun-1.new"] {
            try Data("left".utf8).write(to: URL(filePath: place + "/" + name))
        }
        let again = try room(.folder, in: folder)
        #expect(try await again.vault.recover() == 0)
        let aside = "unreferenced/" + own.prefix(64) + "/" + left
        #expect(try files(folder) == [own, aside])
        #expect(try await again.vault.recover() == 0)
        #expect(try files(folder) == [own, aside])
        await again.close()
    }

    @Test("A database that does not belong to the folder costs no file: an older one, or an empty one")
    func strange() async throws {
        let folder = try TemporaryFolder()
        let person = try Person()
        let room = try room(.folder, in: folder)
        try await room.store("sk-ant-x", by: person)
        let own = try #require(try files(folder).first)
        let begun = String(own.prefix(64)) + "/begun-1.new"
        try Data("left".utf8).write(to: URL(filePath: folder.file("vault/" + begun)))
        let before = try files(folder)
        try await room.run("update vault_secrets set file = replace(file, '-', '-0')")
        #expect(try await room.vault.recover() == 1)
        #expect(try files(folder) == before)
        #expect(throws: VaultStoreError.unknownFiles) {
            try room.vault.store.recover(keeping: [], isKnown: false)
        }
        #expect(try files(folder) == before)
        // A first store that died before its row: the log knows of it, so the start goes on, and the file stays.
        try await room.run("delete from vault_secrets")
        #expect(try await room.vault.recover() == 0)
        #expect(try files(folder) == ["unreferenced/" + own])
        await room.close()
    }

    @Test("A verdict on a signature or a file counts only while the vault is as it was looked at")
    func verdict() async throws {
        let folder = try TemporaryFolder()
        let person = try Person()
        let room = try room(.folder, in: folder)
        try await room.store("sk-ant-x", by: person)
        let state = try await room.vault.state(.providers, of: person.caller.wallet)
        for error in [VaultError.storageFailed, .signerNotDeterministic] {
            await #expect(throws: error) {
                try await room.vault.judging(state, .providers, of: person.caller.wallet) { throw error }
            }
        }
        try await room.store("sk-ant-y", by: person)
        for error in [VaultError.storageFailed, .signerNotDeterministic] {
            await #expect(throws: WalletVault.Changed.self) {
                try await room.vault.judging(state, .providers, of: person.caller.wallet) { throw error }
            }
        }
        await room.close()
    }

    @Test(
        "A commit that failed for certain takes its file back; one whose outcome is unknown leaves it",
        arguments: [(DatabaseError.full, 0), (.overloaded, 0), (.timeLimit, 0), (.inputOutput(code: 10), 1)])
    func failedCommit(error: DatabaseError, left: Int) async throws {
        let folder = try TemporaryFolder()
        let room = try room(.folder, in: folder)
        let sealed = WalletVault.Sealed(name: SecretName(.anthropic), seal: nil, epoch: .first, envelope: [1])
        await #expect(throws: error) {
            try await room.vault.keeping([sealed], for: Person().caller, at: Room.start) { _ in throw error }
        }
        #expect(try files(folder).count == left)
        await room.close()
    }

    @Test("Rows from before there was a folder stay readable; a folder that rows name cannot be left out")
    func switching() async throws {
        let folder = try TemporaryFolder()
        let person = try Person()
        let openai = try #require(ProviderSlug("openai"))
        let rows = try room(.rows, in: folder)
        try await rows.store("sk-ant-x", by: person)
        await rows.close()
        let files = try room(.folder, in: folder)
        _ = try await files.unlock(by: person)
        try await files.store("sk-openai", by: person, openai)
        #expect(try await files.key(of: person) == "sk-ant-x")
        #expect(try await files.key(of: person, openai) == "sk-openai")
        await files.close()
        let back = try room(.rows, in: folder)
        await #expect(throws: VaultStoreError.noFolder) { try await back.vault.recover() }
        await back.close()
    }

    @Test("A folder serves one gateway at a time")
    func locked() throws {
        let folder = try TemporaryFolder()
        let first = try FolderVaultStore(path: folder.path, random: SystemRandom())
        #expect(throws: VaultStoreError.noFolder) {
            try FolderVaultStore(path: folder.path, random: SystemRandom())
        }
        #expect(throws: VaultStoreError.noFolder) {
            try FolderVaultStore(path: folder.file("none"), random: SystemRandom())
        }
        withExtendedLifetime(first) {}
    }

    @Test(
        "A row leads to no file but the store's own",
        arguments: [
            "../vault.db", "/etc/hostname", ".lock", "", "a/b", String(repeating: "a", count: 64) + "/../.lock",
        ])
    func paths(name: String) throws {
        let folder = try TemporaryFolder()
        let store = try FolderVaultStore(path: folder.path, random: SystemRandom())
        try Data("x".utf8).write(to: URL(filePath: folder.file("b")))
        #expect(try store.envelope(StoredEnvelope(file: name)) == nil)
        store.forget([StoredEnvelope(file: name)])
        #expect(FileManager.default.fileExists(atPath: folder.file(".lock")))
    }

    @Test("Files can be read by nobody else, and swapped between secrets or wallets open nothing")
    func files() async throws {
        let folder = try TemporaryFolder()
        let (one, two) = (try Person(1), try Person(2))
        let room = try room(.folder, in: folder)
        try await room.store("sk-ant-one", by: one)
        try await room.store("sk-ant-two", by: two)
        let paths = try files(folder).map { folder.file("vault/" + $0) }
        let contents = try paths.map { try Data(contentsOf: URL(filePath: $0)) }
        for path in paths {
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
        for (path, bytes) in zip(paths, contents.reversed()) { try bytes.write(to: URL(filePath: path)) }
        for person in [one, two] {
            #expect(try await keyError { try await room.key(of: person) } == .locked)
            #expect(try await vaultError { try await room.unlock(by: person) } == .signerNotDeterministic)
        }
        for length in [0, 1, 98, contents[0].count - 1] {
            try contents[0].prefix(length).write(to: URL(filePath: paths[0]))
            #expect(try await room.status(of: one).unlocked == false)
        }
        await room.close()
    }
}
