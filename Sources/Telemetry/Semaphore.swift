import Glibc

/// A POSIX semaphore for threads of our own; never waited on from async code.
final class Semaphore: @unchecked Sendable {  // proof: sem_post and sem_wait are thread-safe; the pointer never changes
    private let semaphore: UnsafeMutablePointer<sem_t>

    init() {
        semaphore = .allocate(capacity: 1)
        semaphore.initialize(to: sem_t())
        sem_init(semaphore, 0, 0)
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func signal() {
        sem_post(semaphore)
    }

    func wait() {
        while sem_wait(semaphore) != 0 {}
    }
}
