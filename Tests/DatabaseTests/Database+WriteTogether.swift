import Database

extension DatabaseLimits {
    /// No transaction ends for lack of time.
    static var patient: DatabaseLimits {
        var limits = DatabaseLimits()
        limits.batchMilliseconds = 60_000
        return limits
    }
}

/// A body as `writeTogether` takes it.
typealias WriteBody = @Sendable (borrowing WriteTransaction) throws -> Void

extension Database {
    /// Runs `bodies` in one transaction, in this order, and returns each one's outcome. Needs patient limits.
    func writeTogether(_ bodies: [WriteBody]) async throws -> [Result<Void, any Error>] {
        let hold = Hold()
        let held = Task { try await self.write { _ in hold.wait() } }
        await hold.started()
        var tasks: [Task<Void, any Error>] = []
        for body in bodies {
            tasks.append(Task { try await self.write(body) })
            while statistics.waitingWrites < tasks.count { await Task.yield() }
        }
        hold.release()
        // It shares the transaction, and its fate.
        _ = await held.result
        var results: [Result<Void, any Error>] = []
        for task in tasks { results.append(await task.result) }
        return results
    }
}

extension Result where Failure == any Error {
    /// The database's error, if that is what it was.
    var databaseError: DatabaseError? {
        if case .failure(let error) = self { error as? DatabaseError } else { nil }
    }

    /// Whether it succeeded.
    var isSuccess: Bool {
        if case .success = self { true } else { false }
    }
}
