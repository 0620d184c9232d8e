import Attestation
import Glibc

/// Reads what the settings of a TPM name.
enum TPMSettings {
    private static let maximumBytes = 4_096

    /// The registers. Says what to write if they are none.
    static func registers(_ settings: RootSettings.TPM) throws(GatewayStartError) -> PCRSelection {
        let numbers = settings.registers.compactMap { Int($0) }
        guard numbers.count == settings.registers.count, let selection = PCRSelection(numbers) else {
            throw GatewayStartError("\(Setting.tpmRegisters.name): write registers from 0 to 23, `4,7,11`.")
        }
        return selection
    }

    /// The TPM with its authority and what that has approved.
    static func sealing(_ settings: RootSettings.TPM) throws(GatewayStartError) -> TPMSealing {
        let registers = try registers(settings)
        guard let path = settings.authority, let pem = DataFile.read(path, upTo: maximumBytes),
            let authority = TPMAuthority(pem: pem)
        else {
            throw GatewayStartError("\(Setting.tpmAuthority.name): name a PEM file with a P-256 public key.")
        }
        guard let folder = settings.policies else {
            throw GatewayStartError("\(Setting.tpmPolicies.name) is needed: the folder of signed policies.")
        }
        return TPMSealing(
            transport: settings.transport, registers: registers, authority: authority,
            policies: try policies(in: folder))
    }

    private static func policies(in path: String) throws(GatewayStartError) -> [SignedPCRPolicy] {
        guard let folder = opendir(path) else {
            throw GatewayStartError("\(Setting.tpmPolicies.name): the folder \(path) cannot be read.")
        }
        defer { closedir(folder) }
        var policies: [SignedPCRPolicy] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasSuffix(".policy") else { continue }
            let file = path + "/" + name
            let signature = file.dropLast(".policy".count) + ".sig"
            // One that is not signed yet says nothing.
            guard let digest = DataFile.read(file, upTo: maximumBytes),
                let bytes = DataFile.read(String(signature), upTo: maximumBytes),
                let policy = SignedPCRPolicy(digest: digest, signature: bytes)
            else { continue }
            policies.append(policy)
        }
        return policies
    }
}
