import EventLoops

extension EventLoop {
    /// Returns after so many milliseconds, also in a cancelled task.
    func pause(milliseconds: UInt64) async {
        await withCheckedContinuation { continuation in
            execute { _ = self.schedule(afterMilliseconds: milliseconds) { continuation.resume() } }
        }
    }
}
