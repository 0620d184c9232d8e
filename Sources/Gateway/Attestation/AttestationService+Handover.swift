import Attestation
import Primitives

extension AttestationService {
    /// Evidence over data of one's own, with what certificates belong to it: one call of the device.
    func evidence(over data: ReportData) async throws(PublishingError) -> Evidence {
        guard let device else { throw .device(.stopped) }
        return try await HandoverDevice(queue: device, endorsements: ground.endorsements).evidence(over: data)
    }
}
