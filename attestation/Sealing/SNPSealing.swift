public import Cryptography
public import Primitives

/// Seals a root secret under a key that the SEV-SNP firmware derives from the chip's secret at its reported TCB, with
/// the launch measurement, the launch policy and the privilege level mixed in (SNP_GET_DERIVED_KEY).
///
/// The derived key is input to HKDF-SHA256 with a label of its purpose, and then seals by AES-256-GCM. Every key lies
/// in secret memory and is wiped with its last reference. All calls block on the device: never on an event loop.
///
/// On a chip whose secret was extracted (Milan, see the page of this folder's parent) the copy protects nothing.
public struct SNPSealing: RootSealer {
    private static let salt = Array("sealgate/sealing/v1".utf8)
    private static let info = Array("sealgate/sealing/root/snp/v1".utf8)
    /// In REPORT_DATA of the reports that are made here, so that nobody takes one for evidence about a key.
    private static let reportLabel = Array("sealgate/sealing/report/v1".utf8)

    private let device: any AttestationDevice
    private let vmpl: UInt32
    private let scope: MeasurementScope
    private let allowsMilan: Bool

    /// Sealing on a device.
    /// - vmpl: the privilege level that keys are asked for, 0 to 3.
    /// - scope: what the launch measurement covers, as the operator says.
    /// - allowsMilan: whether a chip will do whose secret can be extracted: not where the root is of worth.
    public init(
        device: any AttestationDevice, vmpl: UInt32, scope: MeasurementScope, allowsMilan: Bool = true
    ) {
        self.device = device
        self.vmpl = vmpl
        self.scope = scope
        self.allowsMilan = allowsMilan
    }

    /// The machine as its report shows it. Throws `refused` where sealing would protect nothing.
    public func machine() throws(SealingFault) -> SealingMachine {
        guard let data = ReportData(SHA256.hash(SNPSealing.reportLabel) + [UInt8](repeating: 0, count: 32)) else {
            preconditionFailure("64 bytes are report data")
        }
        let bytes: [UInt8]
        do throws(DeviceFault) { bytes = try device.evidence(for: data).report } catch { throw .device(error) }
        let report: Report
        do throws(ReportFault) { report = try Report(bytes) } catch { throw .report(error) }
        if let refusal = SealingRefusal.judge(report, scope: scope, allowsMilan: allowsMilan) {
            throw .refused(refusal)
        }
        return SealingMachine(report)
    }

    /// Seals `root` (32 bytes), of which `recoverySet` was made, to this machine.
    public func seal(
        _ root: Secret, recoverySet: RecoverySet, random: some RandomSource
    ) throws(SealingFault) -> SealedBlob {
        let binding = SNPBinding(machine: try machine(), vmpl: vmpl)
        return SealedBlob(
            sealing: root, under: try key(binding), binding: .snp(binding), recoverySet: recoverySet.id,
            nonce: random.bytes(AESGCM.nonceBytes))
    }

    /// The root out of a copy. Throws `notOpened` with what has changed.
    public func open(_ blob: SealedBlob) throws(SealingFault) -> Secret {
        guard case .snp(let binding) = blob.binding else {
            throw .notOpened(changes: ["it was sealed by `\(blob.binding.method)`, not by a derived key"])
        }
        let now = try machine()
        var changes = binding.machine.changes(to: now)
        if binding.vmpl != vmpl {
            changes.append("the privilege level was \(binding.vmpl) and is \(vmpl)")
            throw .notOpened(changes: changes)
        }
        let key = try key(binding)
        let root: Secret?
        do throws(SecretError) { root = try blob.opened(under: key) } catch { throw .memory(error) }
        guard let root else { throw .notOpened(changes: changes) }
        return root
    }

    private func key(_ binding: SNPBinding) throws(SealingFault) -> Secret {
        let derived: Secret
        do throws(DeviceFault) { derived = try device.derivedKey(binding.request) } catch { throw .device(error) }
        do throws(SecretError) {
            return try HKDF.derive(
                salt: SNPSealing.salt, input: derived, info: SNPSealing.info, count: AESGCM.keyBytes)
        } catch {
            throw .memory(error)
        }
    }
}
