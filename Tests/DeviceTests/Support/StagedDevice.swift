import Cryptography
import Glibc
import Synchronization

@testable import Attestation

/// A device that does what the test says, when the test says it.
final class StagedDevice: AttestationDevice {
    private struct State {
        var asked: [UInt8] = []
        var keysAsked = 0
        var faults: [UInt8: DeviceFault] = [:]
        var held = false
    }

    let kind = DeviceKind.sevGuest
    private let state = Mutex(State())

    /// The first byte of each REPORT_DATA, in the order in which the device saw them.
    var asked: [UInt8] { state.withLock { $0.asked } }
    var keysAsked: Int { state.withLock { $0.keysAsked } }

    /// Keeps every request from now on, as the kernel does while the host throttles.
    func hold() { state.withLock { $0.held = true } }
    func release() { state.withLock { $0.held = false } }

    /// What requests with this first byte end in.
    func fail(_ byte: UInt8, with fault: DeviceFault) { state.withLock { $0.faults[byte] = fault } }

    func evidence(for data: ReportData) throws(DeviceFault) -> DeviceEvidence {
        let byte = data.bytes[0]
        state.withLock { $0.asked.append(byte) }
        waitWhileHeld()
        if let fault = state.withLock({ $0.faults[byte] }) { throw fault }
        return DeviceEvidence(report: [byte], certificates: [])
    }

    func derivedKey(_ request: DerivedKeyRequest) throws(DeviceFault) -> Secret {
        state.withLock { $0.keysAsked += 1 }
        waitWhileHeld()
        if let fault = state.withLock({ $0.faults[0xFF] }) { throw fault }
        do throws(SecretError) { return try Secret(copying: [1, 2, 3]) } catch { throw .memory(error) }
    }

    private func waitWhileHeld() {
        while state.withLock({ $0.held }) { usleep(1000) }  // pause: the kernel keeps the thread
    }

    /// Returns once the device has seen so many requests.
    func waitForRequests(_ count: Int) async {
        while asked.count < count { await Task.yield() }
    }
}
