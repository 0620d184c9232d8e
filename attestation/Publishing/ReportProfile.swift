import Primitives

/// How the 64 bytes of REPORT_DATA are filled. A verifier has to know which profile it looks at.
public enum ReportProfile: String, Hashable, Sendable, CaseIterable {
    /// ```
    ///  0  32  SHA-256 of the attestation statement, the bytes as served
    /// 32  16  first half of the active session key's RFC 7638 thumbprint
    /// 48  16  first half of the root over the callers' nonces; zeros in a boot report
    /// ```
    case sealgate1 = "sealgate/1"
    /// For verifiers that know the agent-gateway contract; binds no nonce.
    /// ```
    ///  0  32  SHA-256 of the running program's file
    /// 32  16  first half of the active session key's RFC 7638 thumbprint
    /// 48  16  zeros
    /// ```
    case agentGateway1 = "agent-gateway/1"

    static let halfBytes = 16

    /// The 64 bytes: `subject` is the statement's hash or the program's (32 bytes), `thumbprint` the active key's (32
    /// bytes), `nonceRoot` 32 bytes or nil.
    static func reportData(subject: [UInt8], thumbprint: [UInt8], nonceRoot: [UInt8]?) -> ReportData? {
        guard subject.count == 32, thumbprint.count == 32, nonceRoot.map({ $0.count == 32 }) ?? true else { return nil }
        let nonce = nonceRoot.map { Array($0[..<halfBytes]) } ?? [UInt8](repeating: 0, count: halfBytes)
        return ReportData(subject + thumbprint[..<halfBytes] + nonce)
    }
}
