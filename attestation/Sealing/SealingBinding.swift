import Primitives

/// What the key of a sealed copy follows from.
public enum SealingBinding: Hashable, Sendable {
    /// A key that the SEV-SNP firmware derives.
    case snp(SNPBinding)
    /// A TPM, and its registers as an authority approves them.
    case tpm(TPMBinding)

    /// The method's name in the header, and in settings.
    public var method: String {
        switch self {
        case .snp: "snp"
        case .tpm: "tpm"
        }
    }

    var json: JSON {
        switch self {
        case .snp(let binding): binding.json
        case .tpm(let binding): binding.json
        }
    }

    init?(method: String?, json: JSON?) {
        switch (method, json) {
        case ("snp", let json?):
            guard let binding = SNPBinding(json: json) else { return nil }
            self = .snp(binding)
        case ("tpm", let json?):
            guard let binding = TPMBinding(json: json) else { return nil }
            self = .tpm(binding)
        default: return nil
        }
    }
}
