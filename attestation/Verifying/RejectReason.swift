/// The kinds of refusal: stable codes for programs. The words for people stand in a check's detail.
public enum RejectReason: String, Hashable, Sendable, CaseIterable {
    /// The report's bytes are no report.
    case format
    /// The report has a layout that is not known.
    case unsupportedVersion = "unsupported_version"
    /// The report is signed by another algorithm.
    case unsupportedAlgorithm = "unsupported_algorithm"
    /// A certificate cannot be read.
    case certificateParse = "certificate_parse"
    /// A certificate is missing.
    case missingCertificate = "missing_certificate"
    /// The root is not one of those pinned.
    case untrustedRoot = "untrusted_root"
    /// The certificates do not make a chain.
    case chain
    /// A certificate is outside its validity.
    case certificateTime = "certificate_time"
    /// The VEK certificate is not what AMD issues.
    case certificateProfile = "certificate_profile"
    /// The report names another kind of key than the certificate is for.
    case keyKindMismatch = "key_kind_mismatch"
    /// The report comes from another product than the certificates are for.
    case productMismatch = "product_mismatch"
    /// The report comes from another chip than the certificate is for.
    case hwidMismatch = "hwid_mismatch"
    /// The report claims another TCB than the certificate is for.
    case tcbMismatch = "tcb_mismatch"
    /// The signature is not one of the VEK over the report.
    case reportSignature = "report_signature"
    /// The intermediate is revoked, or that it is not could not be shown.
    case revocation

    /// The host may read the guest's memory.
    case policyDebug = "policy_debug"
    /// The guest may move to another machine.
    case policyMigration = "policy_migration"
    /// A privilege level that the policy does not name asked for the report.
    case policyVMPL = "policy_vmpl"
    /// Two threads share a core.
    case policySMT = "policy_smt"
    /// The guest may span sockets.
    case policySingleSocket = "policy_single_socket"
    /// The firmware has not looked for aliased memory.
    case policyAliasCheck = "policy_alias_check"
    /// A TCB is below what the policy asks for, or the TCBs contradict one another.
    case policyTCB = "policy_tcb"
    /// The product is not on the list.
    case policyProduct = "policy_product"
    /// The chip is not on the list, or hidden.
    case policyChip = "policy_chip"
    /// The measurement is not on the list.
    case policyMeasurement = "policy_measurement"
    /// The ID key is not on the list.
    case policyIDKey = "policy_id_key"
    /// The author key is not on the list.
    case policyAuthorKey = "policy_author_key"
    /// HOST_DATA is not on the list.
    case policyHostData = "policy_host_data"
    /// The cloud is not on the list.
    case policyCSP = "policy_csp"
    /// The evidence is too old, or of an age nobody knows.
    case policyAge = "policy_age"
    /// The evidence does not answer the nonce.
    case policyNonce = "policy_nonce"
    /// What the evidence should be bound to is not what it is bound to.
    case binding
}
