import CLinux
import Glibc
import Testing

@testable import Cryptography

@Suite("The secret arena")
struct SecretArenaTests {
    @Test("It can be prepared once; again only for no more than what stands")
    func preparing() async {
        await #expect(processExitsWith: .success) {
            try SecretArena.prepare(slots: 100, slotBytes: 256)
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
            try SecretArena.prepare(slots: 64, slotBytes: 512)
            guard SecretArena.usage?.slots == 64 else { exit(2) }
            do {
                _ = try GuardedRegion(slots: 1_024, slotBytes: 512)
                exit(3)
            } catch SecretArenaError.lockRefused(neededBytes: 524_288, limitBytes: 65_536) {
                exit(0)
            }
        }
    }
}
