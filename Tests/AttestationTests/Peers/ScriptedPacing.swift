import Attestation
import Synchronization

/// A steady clock that the test moves. Who waits by it waits until cancelled, or with `isHasty` not at all.
final class ScriptedPacing: Pacing {
    private let moment: Mutex<UInt64>
    private let isHasty: Bool

    init(at moment: UInt64 = 1_000_000_000_000, isHasty: Bool = false) {
        self.moment = Mutex(moment)
        self.isHasty = isHasty
    }

    func now() -> UInt64 { moment.withLock { $0 } }

    func wait(until moment: UInt64) async {
        guard !isHasty else { return self.moment.withLock { $0 = max($0, moment) } }
        try? await Task.sleep(for: .seconds(86_400))  // pause: until cancelled
    }
}
