import CLinux
import Glibc
import Testing

@testable import Cryptography

@Suite("The secret arena")
struct SecretArenaTests {
    @Test("It can be prepared once; again only for no more than what stands")
    func preparing() async {
        await #expect(processExitsWith: .success) {
            try SecretArena.prepare(slots: 100, slotBytes: 256, openSSLHeapBytes: 0)
            guard SecretArena.openSSLHeapUsed == 0 else { exit(1) }
            let held = try Secret(copying: [1])
            guard SecretArena.usage == SecretArena.Usage(used: 1, slots: 100, slotBytes: 256) else { exit(1) }
            try SecretArena.prepare(slots: 100, slotBytes: 256)
            do {
                try SecretArena.prepare(slots: 101, slotBytes: 256)
                exit(2)
            } catch SecretArenaError.alreadyPrepared(slots: 100, slotBytes: 256) {
                exit(held.count == 1 ? 0 : 3)
            }
        }
    }

    @Test("Without preparation a small arena stands by itself")
    func byDefault() async {
        await #expect(processExitsWith: .success) {
            guard SecretArena.usage == nil else { exit(1) }
            let held = try Secret(copying: [1])
            let expected = SecretArena.Usage(
                used: held.count, slots: SecretArena.defaultSlots, slotBytes: SecretArena.defaultSlotBytes)
            exit(SecretArena.usage == expected ? 0 : 2)
        }
    }

    @Test("A lock limit that is too small is an error that names both sizes, never unlocked memory")
    func lockLimit() async {
        await #expect(processExitsWith: .success) {
            // The limit binds only without CAP_IPC_LOCK: the superuser becomes nobody first.
            var limit = rlimit(rlim_cur: 64 << 10, rlim_max: 64 << 10)
            guard setrlimit(__rlimit_resource_t(8), &limit) == 0, geteuid() != 0 || setuid(65_534) == 0 else { exit(1) }
            do {
                try SecretArena.prepare(slots: 256, slotBytes: 512)
                exit(2)
            } catch SecretArenaError.lockRefused(neededBytes: 131_072, limitBytes: 65_536) {
                guard SecretArena.usage == nil else { exit(3) }
            }
            do {
                try SecretArena.prepare(slots: 64, slotBytes: 512)
                exit(4)
            } catch SecretArenaError.lockRefused(neededBytes: 1_048_576, limitBytes: 65_536) {
                guard SecretArena.usage == nil, SecretArena.openSSLHeapUsed == 0 else { exit(5) }
            }
            do {
                _ = try Secret(copying: [1])
                exit(6)
            } catch SecretError.unavailable(.lockRefused(neededBytes: 1_048_576, limitBytes: 65_536)) {
                guard SecretArena.usage == nil else { exit(7) }
            }
            try SecretArena.prepare(slots: 64, slotBytes: 512, openSSLHeapBytes: 16_384)
            let key = ES256PrivateKey.generate()
            guard SecretArena.openSSLHeapBytes == 16_384 else { exit(9) }
            exit(SecretArena.usage?.slots == 64 && key.sign([1]).count == 64 ? 0 : 8)
        }
    }

    @Test("OpenSSL's heap is 4 MiB where the lock limit has room for it beside the arena, else 1 MiB")
    func heapSize() {
        let arena = 4_096 * 512
        let enough: UInt64 = (2 + 4 + 1) << 20
        #expect(SecretArena.heapBytes(beside: arena, limit: enough) == 4 << 20)
        #expect(SecretArena.heapBytes(beside: arena, limit: enough + 1) == 4 << 20)
        #expect(SecretArena.heapBytes(beside: arena, limit: enough - 1) == 1 << 20)
        #expect(SecretArena.heapBytes(beside: arena, limit: .max) == 4 << 20)
    }

    @Test("After preparation OpenSSL keeps private keys in its locked heap, and gives the room back")
    func openSSLHeap() async {
        await #expect(processExitsWith: .success) {
            try SecretArena.prepare(slots: 64)
            // The first key also brings the random generator's state, which stays.
            guard ES256PrivateKey.generate().sign([1]).count == 64 else { exit(1) }
            let before = SecretArena.openSSLHeapUsed
            var key: ES256PrivateKey? = .generate()
            let held = SecretArena.openSSLHeapUsed
            guard held >= before + 32 else { exit(2) }
            for round in 0..<100 {
                let message: [UInt8] = [UInt8(round)]
                guard let key, key.publicKey.isValid(signature: key.sign(message), over: message) else { exit(3) }
            }
            guard SecretArena.openSSLHeapUsed == held else { exit(4) }
            key = nil
            exit(SecretArena.openSSLHeapUsed == before ? 0 : 5)
        }
    }
}
