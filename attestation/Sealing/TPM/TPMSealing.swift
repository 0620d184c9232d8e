public import Cryptography
public import Primitives

/// Seals a root secret under a wrapping key of 32 bytes that a TPM 2.0 keeps: it comes out only while the registers
/// give a policy that the authority signed (PolicyPCR under PolicyAuthorize). So the authority signs the policy of the
/// next release before the update, and nothing has to be sealed anew.
///
/// All sessions are salted to the TPM's storage key and encrypted. A policy that was signed once stays good: an
/// authority that must take one back needs a new key, and a restore from shares.
///
/// A virtual TPM is worth what stands behind it: on a cloud, the cloud.
public struct TPMSealing: RootSealer {
    private static let salt = Array("sealgate/sealing/v1".utf8)
    private static let info = Array("sealgate/sealing/root/tpm/v1".utf8)

    private let transport: String
    private let registers: PCRSelection
    private let authority: TPMAuthority
    private let policies: [SignedPCRPolicy]

    /// Sealing by the TPM at `transport`, a TCTI such as `device:/dev/tpmrm0`, with what the authority has signed.
    public init(
        transport: String, registers: PCRSelection, authority: TPMAuthority, policies: [SignedPCRPolicy]
    ) {
        self.transport = transport
        self.registers = registers
        self.authority = authority
        self.policies = policies
    }

    /// The digest of PolicyPCR over registers as a TPM has them now: what its authority has to sign.
    public static func policyNow(of registers: PCRSelection, transport: String) throws(SealingFault) -> [UInt8] {
        do throws(TPMFault) { return try TPMConnection(transport).policyNow(registers) } catch { throw .tpm(error) }
    }

    /// Seals, and opens again: what does not open now never would.
    public func seal(
        _ root: Secret, recoverySet: RecoverySet, random: some RandomSource
    ) throws(SealingFault) -> SealedBlob {
        let wrapping: Secret
        do throws(SecretError) { wrapping = try Secret(randomCount: AESGCM.keyBytes) } catch { throw .memory(error) }
        let areas: (privateArea: [UInt8], publicArea: [UInt8])
        do throws(TPMFault) {
            areas = try TPMConnection(transport).seal(wrapping, policy: authority.policy)
        } catch {
            throw .tpm(error)
        }
        let binding = TPMBinding(
            authority: authority.name, privateArea: areas.privateArea, publicArea: areas.publicArea)
        let blob = SealedBlob(
            sealing: root, under: try key(wrapping), binding: .tpm(binding), recoverySet: recoverySet.id,
            nonce: random.bytes(AESGCM.nonceBytes))
        guard try open(blob).isEqual(to: root) else { throw .notOpened(changes: []) }
        return blob
    }

    /// The root out of a copy.
    public func open(_ blob: SealedBlob) throws(SealingFault) -> Secret {
        guard case .tpm(let binding) = blob.binding else {
            throw .notOpened(changes: ["it was sealed by `\(blob.binding.method)`, not by a TPM"])
        }
        guard binding.authority == authority.name else {
            throw .notOpened(changes: ["it was sealed under another authority's key"])
        }
        let found: Result<Secret, SecretError>?
        do throws(TPMFault) {
            found = try TPMConnection(transport).unseal(
                privateArea: binding.privateArea, publicArea: binding.publicArea, registers: registers,
                authority: authority, policies: policies)
        } catch {
            throw TPMSealing.fault(error)
        }
        guard let found else {
            let now = try TPMSealing.policyNow(of: registers, transport: transport)
            throw .notOpened(
                changes: [
                    "the registers \(registers.registers) of this TPM give the policy \(Hex.encode(now)), which the "
                        + "authority has not signed: another boot chain"
                ])
        }
        let root: Secret?
        do throws(SecretError) {
            let key = try TPMSealing.derive(found.get())
            root = try blob.opened(under: key)
        } catch {
            throw .memory(error)
        }
        guard let root else { throw .notOpened(changes: []) }
        return root
    }

    private static func fault(_ error: TPMFault) -> SealingFault {
        switch error.step {
        case "structure", "Load", "Unseal":
            .notOpened(changes: [
                "this TPM does not know the copy: it is another one, it was cleared, or the copy was altered"
            ])
        case "VerifySignature":
            .notOpened(changes: ["the policy for these registers carries a signature that is not the authority's"])
        default: .tpm(error)
        }
    }

    private func key(_ wrapping: Secret) throws(SealingFault) -> Secret {
        do throws(SecretError) { return try TPMSealing.derive(wrapping) } catch { throw .memory(error) }
    }

    private static func derive(_ wrapping: Secret) throws(SecretError) -> Secret {
        try HKDF.derive(salt: salt, input: wrapping, info: info, count: AESGCM.keyBytes)
    }
}
