import Attestation

/// Makes the evidence of either side of a hand-over: one call of the device, and the certificates that belong to it.
struct HandoverDevice: Sendable {
    let queue: DeviceQueue
    let endorsements: EndorsementSource

    /// Throws `unusableReport` where the device answers another question than was asked.
    func evidence(over data: ReportData) async throws(PublishingError) -> Evidence {
        let answer: DeviceEvidence
        do throws(DeviceFault) { answer = try await queue.evidence(for: data) } catch { throw .device(error) }
        guard let report = try? Report(answer.report), report.reportData == data.bytes else { throw .unusableReport }
        let table = try? CertificateTable(answer.certificates)
        let known = table.map { Endorsements($0, for: report.signingKey) } ?? Endorsements()
        return await endorsements.complete(Evidence(report: answer.report, endorsements: known)).evidence
    }
}
