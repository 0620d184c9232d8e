import Attestation
import Primitives

/// What `/api/attestation/provenance` answers, worked out once: the libraries that run are hashed for it, 15 MB.
enum ProvenanceAnswer {
    static func make(_ file: ProvenanceFile, codeHash: CodeHash) -> JSON {
        switch file {
        case .absent:
            return none("No provenance lies beside the program: it was not made by `make release`.")
        case .unusable(_, let reason): return none("The provenance cannot be used: \(reason).")
        case .found(_, let envelope, let statement):
            let verdict = ProvenanceVerdict(
                of: envelope, statement, codeHash: codeHash, libraries: try? LoadedLibraries.ofThisProcess(),
                trusting: [])
            return [
                "found": true, "reason": nil,
                "source": ["gitCommit": .string(statement.commit), "dirty": .bool(statement.isDirty)],
                "verdict": verdict.json,
                "envelope": (try? JSON(parsing: envelope.fileBytes)) ?? .null,
            ]
        }
    }

    private static func none(_ reason: String) -> JSON {
        ["found": false, "reason": .string(reason), "source": nil, "verdict": nil, "envelope": nil]
    }
}
