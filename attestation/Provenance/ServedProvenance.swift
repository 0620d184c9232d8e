public import Cryptography
import Primitives

extension Check.Name {
    /// The provenance that the gateway serves names the program of its statement.
    public static let provenance = Check.Name(rawValue: "provenance")
}

/// What a gateway served as its provenance, to be compared with the statement that its evidence is over.
///
/// A provenance is no evidence: whoever runs a gateway can serve any. It says which sources the program of that hash
/// is claimed to come from, and a build key says by whom. A rebuild from those sources tells whether it is so.
public enum ServedProvenance: Hashable, Sendable {
    /// There is nothing to compare with, and why.
    case none(String)
    /// The answer of `GET /api/attestation/provenance`.
    case answer([UInt8])

    /// The longest answer that is read: an envelope, and what the gateway says about it.
    public static let maximumBytes = DSSEEnvelope.maximumBytes + (64 << 10)
    /// What is quoted of a stranger's words.
    private static let quotedCharacters = 200

    /// The comparison. It is required as soon as build keys are named: then a provenance has to be there, be of clean
    /// sources, and be signed by one of them.
    public func check(against statement: AttestationStatement?, trusting keys: Set<Ed25519PublicKey>) -> Check {
        Check(.provenance, outcome(statement, keys), isRequired: !keys.isEmpty)
    }

    private func outcome(_ statement: AttestationStatement?, _ keys: Set<Ed25519PublicKey>) -> Check.Outcome {
        let bytes: [UInt8]
        switch self {
        case .none(let why): return .notChecked(why)
        case .answer(let answer): bytes = answer
        }
        guard let json = try? JSON(parsing: bytes), let isFound = json["found"]?.bool else {
            return .fail(.format, "the answer about the provenance cannot be read")
        }
        guard isFound else {
            let reason = json["reason"]?.string.map { ": " + $0.prefix(ServedProvenance.quotedCharacters) } ?? ""
            return .notChecked("the gateway has no provenance" + reason)
        }
        guard let envelope = try? DSSEEnvelope(parsing: json["envelope"]?.bytes ?? []),
            let provenance = try? ProvenanceStatement(in: envelope)
        else { return .fail(.format, "what is served as the provenance is none") }
        guard let codeHash = (statement?.codeHash).flatMap(CodeHash.init(hex:)) else {
            return .notChecked("no statement names a program that the provenance could be of")
        }
        let verdict = ProvenanceVerdict(of: envelope, provenance, codeHash: codeHash, libraries: nil, trusting: keys)
        return ServedProvenance.outcome(verdict, isKeyDemanded: !keys.isEmpty)
    }

    private static func outcome(_ verdict: ProvenanceVerdict, isKeyDemanded: Bool) -> Check.Outcome {
        if case .other(let hash) = verdict.program {
            return .fail(.binding, "the provenance is of the program \(hash), and not of the statement's")
        }
        switch verdict.signature {
        case .untrusted: return .fail(.binding, "none of the build keys that were named has signed the provenance")
        case .unsigned where isKeyDemanded: return .fail(.binding, "nobody has signed the provenance")
        case .unsigned, .notChecked, .trusted: break
        }
        return verdict.isDirty
            ? .notChecked("the sources differed from the commit that the provenance names") : .pass
    }
}
