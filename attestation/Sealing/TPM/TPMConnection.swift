import CTSS
import Cryptography
import Glibc

/// One conversation with a TPM. Whatever it loads it flushes again: a TPM without a resource manager has three places.
/// Blocks; used by one thread and dropped.
struct TPMConnection: ~Copyable {
    private static let none: ESYS_TR = 0xFFF
    private static let password: ESYS_TR = 0x0FF
    private static let owner: ESYS_TR = 0x101
    private static let hmacSession: UInt8 = 0
    private static let policySession: UInt8 = 1
    /// continueSession, decrypt, encrypt.
    private static let bothWays: UInt8 = 0x61
    /// continueSession, encrypt.
    private static let answersOnly: UInt8 = 0x41

    private var transport: OpaquePointer?
    private var context: OpaquePointer?

    /// Opens the transport that `name` says, `device:/dev/tpmrm0` or `swtpm:host=127.0.0.1,port=2321`.
    init(_ name: String) throws(TPMFault) {
        // The stack writes its own complaints to standard error unless told otherwise.
        setenv("TSS2_LOG", "all+none", 0)
        try TPMConnection.check("open", Tss2_TctiLdr_Initialize(name, &transport))
        let code = Esys_Initialize(&context, transport, nil)
        guard code == 0 else {
            Tss2_TctiLdr_Finalize(&transport)
            throw TPMFault(step: "initialize", code: code)
        }
    }

    deinit {
        var context = context
        var transport = transport
        Esys_Finalize(&context)
        Tss2_TctiLdr_Finalize(&transport)
    }

    private static func check(_ step: String, _ code: TSS2_RC) throws(TPMFault) {
        guard code == 0 else { throw TPMFault(step: step, code: code) }
    }

    private func flush(_ handle: ESYS_TR) {
        if handle != TPMConnection.none { _ = Esys_FlushContext(context, handle) }
    }

    // MARK: - structures

    private typealias Unmarshal<Value> = (
        UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<Int>?, UnsafeMutablePointer<Value>?
    )
        -> TSS2_RC

    private static func read<Value>(
        _ bytes: [UInt8], into value: inout Value, _ unmarshal: Unmarshal<Value>
    ) throws(TPMFault) {
        var offset = 0
        try check("structure", unmarshal(bytes, bytes.count, &offset, &value))
        guard offset == bytes.count else { throw TPMFault(step: "structure", code: 0) }
    }

    private static func digest(_ bytes: [UInt8]) throws(TPMFault) -> TPM2B_DIGEST {
        var value = TPM2B_DIGEST()
        try read(
            [UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)] + bytes, into: &value, Tss2_MU_TPM2B_DIGEST_Unmarshal)
        return value
    }

    // MARK: - steps

    /// The storage key under the owner's seed.
    private func storageKey() throws(TPMFault) -> ESYS_TR {
        var area = TPM2B_PUBLIC()
        try TPMConnection.read(TPMBytes.storageKey, into: &area, Tss2_MU_TPM2B_PUBLIC_Unmarshal)
        var sensitive = TPM2B_SENSITIVE_CREATE()
        var outside = TPM2B_DATA()
        var registers = TPML_PCR_SELECTION()
        var key = TPMConnection.none
        try TPMConnection.check(
            "CreatePrimary",
            Esys_CreatePrimary(
                context, TPMConnection.owner, TPMConnection.password, TPMConnection.none, TPMConnection.none,
                &sensitive, &area, &outside, &registers, &key, nil, nil, nil, nil))
        return key
    }

    /// A session salted to the storage key, so that whoever listens on the bus reads nothing.
    private func session(_ kind: UInt8, salt key: ESYS_TR, _ attributes: UInt8) throws(TPMFault) -> ESYS_TR {
        var cipher = TPMT_SYM_DEF()
        cipher.algorithm = TPMBytes.Code.aes
        cipher.keyBits.aes = 128
        cipher.mode.aes = TPMBytes.Code.cfb
        var session = TPMConnection.none
        try TPMConnection.check(
            "StartAuthSession",
            Esys_StartAuthSession(
                context, key, TPMConnection.none, TPMConnection.none, TPMConnection.none, TPMConnection.none, nil, kind,
                &cipher, TPMBytes.Code.sha256, &session))
        let code = Esys_TRSess_SetAttributes(context, session, attributes, 0xFF)
        guard code == 0 else {
            flush(session)
            throw TPMFault(step: "session", code: code)
        }
        return session
    }

    /// Seals at most 128 bytes under a policy: the two areas that `unseal` takes.
    func seal(_ data: Secret, policy: [UInt8]) throws(TPMFault) -> (privateArea: [UInt8], publicArea: [UInt8]) {
        let key = try storageKey()
        defer { flush(key) }
        let session = try session(TPMConnection.hmacSession, salt: key, TPMConnection.bothWays)
        defer { flush(session) }
        var area = TPM2B_PUBLIC()
        try TPMConnection.read(
            TPMBytes.sealedData(policy: policy), into: &area, Tss2_MU_TPM2B_PUBLIC_Unmarshal)
        var sensitive = TPM2B_SENSITIVE_CREATE()
        defer { withUnsafeMutableBytes(of: &sensitive) { Wipe.memory($0) } }
        sensitive.sensitive.data.size = UInt16(data.count)
        data.withBytes { data in
            withUnsafeMutableBytes(of: &sensitive.sensitive.data.buffer) { $0.copyMemory(from: data) }
        }
        var outside = TPM2B_DATA()
        var registers = TPML_PCR_SELECTION()
        var secretPart: UnsafeMutablePointer<TPM2B_PRIVATE>?
        var publicPart: UnsafeMutablePointer<TPM2B_PUBLIC>?
        try TPMConnection.check(
            "Create",
            Esys_Create(
                context, key, session, TPMConnection.none, TPMConnection.none, &sensitive, &area, &outside, &registers,
                &secretPart, &publicPart, nil, nil, nil))
        defer {
            Esys_Free(secretPart)
            Esys_Free(publicPart)
        }
        var bytes = [UInt8](repeating: 0, count: 2_048)
        var end = 0
        try TPMConnection.check("marshal", Tss2_MU_TPM2B_PRIVATE_Marshal(secretPart, &bytes, bytes.count, &end))
        let privateArea = Array(bytes[..<end])
        end = 0
        try TPMConnection.check("marshal", Tss2_MU_TPM2B_PUBLIC_Marshal(publicPart, &bytes, bytes.count, &end))
        return (privateArea, Array(bytes[..<end]))
    }

    /// The digest of PolicyPCR over the registers as they are.
    func policyNow(_ registers: PCRSelection) throws(TPMFault) -> [UInt8] {
        let key = try storageKey()
        defer { flush(key) }
        let session = try session(TPMConnection.policySession, salt: key, TPMConnection.answersOnly)
        defer { flush(session) }
        return try policy(registers, in: session)
    }

    private func policy(_ registers: PCRSelection, in session: ESYS_TR) throws(TPMFault) -> [UInt8] {
        var selection = TPML_PCR_SELECTION()
        try TPMConnection.read(registers.bytes, into: &selection, Tss2_MU_TPML_PCR_SELECTION_Unmarshal)
        // An empty digest: the registers as they are, checked again when the policy is used.
        var any = TPM2B_DIGEST()
        let none = TPMConnection.none
        try TPMConnection.check("PolicyPCR", Esys_PolicyPCR(context, session, none, none, none, &any, &selection))
        var digest: UnsafeMutablePointer<TPM2B_DIGEST>?
        try TPMConnection.check("PolicyGetDigest", Esys_PolicyGetDigest(context, session, none, none, none, &digest))
        defer { Esys_Free(digest) }
        guard var found = digest?.pointee else { throw TPMFault(step: "PolicyGetDigest", code: 0) }
        return withUnsafeBytes(of: &found.buffer) { Array($0.prefix(Int(found.size))) }
    }

    /// The TPM's own word that the authority signed a policy.
    private func ticket(
        _ policy: SignedPCRPolicy, _ authority: TPMAuthority
    ) throws(TPMFault) -> TPMT_TK_VERIFIED {
        let none = TPMConnection.none
        var area = TPM2B_PUBLIC()
        try TPMConnection.read(authority.publicArea, into: &area, Tss2_MU_TPM2B_PUBLIC_Unmarshal)
        var key = none
        try TPMConnection.check(
            "LoadExternal", Esys_LoadExternal(context, none, none, none, nil, &area, TPMConnection.owner, &key))
        defer { flush(key) }
        var digest = try TPMConnection.digest(SHA256.hash(policy.digest))
        var signature = TPMT_SIGNATURE()
        try TPMConnection.read(policy.signature, into: &signature, Tss2_MU_TPMT_SIGNATURE_Unmarshal)
        var ticket: UnsafeMutablePointer<TPMT_TK_VERIFIED>?
        try TPMConnection.check(
            "VerifySignature",
            Esys_VerifySignature(context, key, none, none, none, &digest, &signature, &ticket))
        defer { Esys_Free(ticket) }
        guard let found = ticket?.pointee else { throw TPMFault(step: "VerifySignature", code: 0) }
        return found
    }

    /// What `seal` sealed; nil if none of the authority's policies is that of the registers as they are.
    func unseal(
        privateArea: [UInt8], publicArea: [UInt8], registers: PCRSelection, authority: TPMAuthority,
        policies: [SignedPCRPolicy]
    ) throws(TPMFault) -> Result<Secret, SecretError>? {
        let none = TPMConnection.none
        let key = try storageKey()
        defer { flush(key) }
        let policySession = try session(TPMConnection.policySession, salt: key, TPMConnection.answersOnly)
        defer { flush(policySession) }
        let now = try policy(registers, in: policySession)
        guard let approved = policies.first(where: { $0.digest == now }) else { return nil }
        var ticket = try ticket(approved, authority)
        var digest = try TPMConnection.digest(now)
        var reference = TPM2B_DIGEST()
        var name = TPM2B_NAME()
        try TPMConnection.read(
            [0, UInt8(authority.name.count)] + authority.name, into: &name, Tss2_MU_TPM2B_NAME_Unmarshal)
        try TPMConnection.check(
            "PolicyAuthorize",
            Esys_PolicyAuthorize(context, policySession, none, none, none, &digest, &reference, &name, &ticket))

        let item = try load(privateArea: privateArea, publicArea: publicArea, under: key)
        defer { flush(item) }
        var data: UnsafeMutablePointer<TPM2B_SENSITIVE_DATA>?
        try TPMConnection.check("Unseal", Esys_Unseal(context, item, policySession, none, none, &data))
        defer { Esys_Free(data) }
        guard let data else { throw TPMFault(step: "Unseal", code: 0) }
        defer {
            Wipe.memory(UnsafeMutableRawBufferPointer(start: data, count: MemoryLayout<TPM2B_SENSITIVE_DATA>.size))
        }
        return Result { () throws(SecretError) in
            try withUnsafeBytes(of: &data.pointee.buffer) { (bytes) throws(SecretError) in
                try Secret(copying: bytes.prefix(Int(data.pointee.size)))
            }
        }
    }

    private func load(privateArea: [UInt8], publicArea: [UInt8], under key: ESYS_TR) throws(TPMFault) -> ESYS_TR {
        let session = try session(TPMConnection.hmacSession, salt: key, TPMConnection.bothWays)
        defer { flush(session) }
        var secretPart = TPM2B_PRIVATE()
        try TPMConnection.read(privateArea, into: &secretPart, Tss2_MU_TPM2B_PRIVATE_Unmarshal)
        var publicPart = TPM2B_PUBLIC()
        try TPMConnection.read(publicArea, into: &publicPart, Tss2_MU_TPM2B_PUBLIC_Unmarshal)
        var item = TPMConnection.none
        try TPMConnection.check(
            "Load",
            Esys_Load(
                context, key, session, TPMConnection.none, TPMConnection.none, &secretPart, &publicPart, &item))
        return item
    }
}
