/// Why a file is no release list to go by.
public enum ReleaseListFault: Error, Hashable, Sendable {
    /// It is no envelope.
    case envelope(EnvelopeFault)
    /// The envelope holds something else, of this type.
    case otherType(String)
    /// The named key has not signed it.
    case notSigned
    /// What is signed is no release list; where, and what is wrong there.
    case content(path: String, detail: String)
    /// It was good until this moment, RFC 3339.
    case expired(String)
    /// A list with a higher issue number is known already.
    case older(issue: Int64, known: Int64)
    /// Another list of this very number is known already.
    case twoOfOneIssue(Int64)

    /// The stable code, for logs.
    public var code: String {
        switch self {
        case .envelope: "no_envelope"
        case .otherType: "other_type"
        case .notSigned: "not_signed"
        case .content: "content"
        case .expired: "expired"
        case .older: "older_issue"
        case .twoOfOneIssue: "two_of_one_issue"
        }
    }
}

extension ReleaseListFault: CustomStringConvertible {
    /// For people.
    public var description: String {
        switch self {
        case .envelope(let fault): "it is no DSSE envelope (\(fault))"
        case .otherType(let type): "the envelope holds \(type), not \(ReleaseList.payloadType)"
        case .notSigned: "the release key has not signed it"
        case .content(let path, let detail): path.isEmpty ? "it \(detail)" : "\(path) \(detail)"
        case .expired(let moment): "it was good until \(moment)"
        case .older(let issue, let known): "issue \(issue) is older than issue \(known), which is known"
        case .twoOfOneIssue(let issue): "another list of issue \(issue) is known"
        }
    }
}
