/// How much of a chore is done at once: a batch is one short write, and other writes come in between.
struct Batches: Sendable, Hashable {
    /// Rows a batch may remove.
    let size: Int
    /// Batches a round may take. What is left waits for the next round.
    let maximum: Int

    /// Runs `body`, which says how many rows it removed, until one batch was not full or there were enough. Returns how
    /// many rows went.
    @discardableResult
    func run(_ body: (_ size: Int) async throws -> Int) async throws -> Int {
        var total = 0
        for _ in 0..<maximum {
            let removed = try await body(size)
            total += removed
            guard removed >= size else { break }
        }
        return total
    }
}
