import Cryptography

/// What a caller of `DeviceQueue` wants, with the continuation that takes the answer.
enum DeviceJob: Sendable {
    case evidence(ReportData, CheckedContinuation<Result<DeviceEvidence, DeviceFault>, Never>)
    case derivedKey(DerivedKeyRequest, CheckedContinuation<Result<Secret, DeviceFault>, Never>)

    var purpose: DeviceTurns.Purpose {
        switch self {
        case .evidence: .evidence
        case .derivedKey: .derivedKey
        }
    }

    /// Asks the device, which blocks. Returns the fault, if any, and how to hand the answer over.
    func run(on device: any AttestationDevice) -> (fault: DeviceFault?, answer: @Sendable () -> Void) {
        switch self {
        case .evidence(let data, let caller):
            let result = DeviceJob.result { () throws(DeviceFault) in try device.evidence(for: data) }
            return (DeviceJob.fault(of: result), { caller.resume(returning: result) })
        case .derivedKey(let request, let caller):
            let result = DeviceJob.result { () throws(DeviceFault) in try device.derivedKey(request) }
            return (DeviceJob.fault(of: result), { caller.resume(returning: result) })
        }
    }

    /// Answers without having asked.
    func refuse(_ fault: DeviceFault) {
        switch self {
        case .evidence(_, let caller): caller.resume(returning: .failure(fault))
        case .derivedKey(_, let caller): caller.resume(returning: .failure(fault))
        }
    }

    private static func result<Answer>(
        _ body: () throws(DeviceFault) -> Answer
    ) -> Result<Answer, DeviceFault> {
        do throws(DeviceFault) { return .success(try body()) } catch { return .failure(error) }
    }

    private static func fault(of result: Result<some Any, DeviceFault>) -> DeviceFault? {
        if case .failure(let fault) = result { fault } else { nil }
    }
}
