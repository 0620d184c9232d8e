/// One thing an operator can set, described in one place: `sealgate config` and the README print this table.
public struct Setting: Sendable, Hashable {
    /// The name, the same in the environment and in the file.
    public let name: String
    /// What it does, with units and range.
    public let summary: String
    /// What counts when it is not set; nil where that depends on other settings, as the summary says.
    public let defaultValue: String?
    /// Whether its value is never printed.
    public let isSecret: Bool

    private init(_ name: String, _ summary: String, default defaultValue: String?, isSecret: Bool = false) {
        self.name = name
        self.summary = summary
        self.defaultValue = defaultValue
        self.isSecret = isSecret
    }

    /// The kind of instance.
    public static let mode = Setting(
        "SEALGATE_MODE",
        "`development` for trying out: a faucet, and keys in files. `production` starts only on an SEV-SNP guest whose "
            + "evidence AMD's roots vouch for, with a sealed root secret and TLS.",
        default: "development")
    /// The address to listen on.
    public static let listen = Setting(
        "SEALGATE_LISTEN", "Address and port to listen on, `127.0.0.1:8787` or `[::1]:8787`; port 0 takes a free one.",
        default: "127.0.0.1:8787")
    /// The origin clients use.
    public static let publicOrigin = Setting(
        "SEALGATE_PUBLIC_ORIGIN",
        "The origin under which clients reach the gateway; login and vault texts and tokens name it. "
            + "Changing it locks every vault. Unset: scheme and address of SEALGATE_LISTEN.", default: nil)
    /// Where data lie.
    public static let dataDirectory = Setting(
        "SEALGATE_DATA_DIR", "Folder for the database and the root secret; made with mode 0700 if missing.",
        default: "./sealgate-data")
    /// Which database.
    public static let database = Setting(
        "SEALGATE_DATABASE",
        "Unset: SQLite, in `sealgate.db` in the data folder, for one gateway. "
            + "`postgres://user:password@host/database`: PostgreSQL, for several gateways that act as one; the "
            + "database must be there, the tables are made. They share one root secret. Production wants "
            + "`?sslmode=verify-full`, or a socket on this machine.", default: nil, isSecret: true)
    /// The root secret.
    public static let rootSecret = Setting(
        "SEALGATE_ROOT_SECRET",
        "The root secret, 64 hex digits, for operators with a secret store. Unset: kept in `root.secret` in the data "
            + "folder, made at the first start.", default: nil, isSecret: true)
    /// How the root secret is kept.
    public static let rootSealing = Setting(
        "SEALGATE_ROOT_SEALING",
        "How the root secret is kept. `file`: as it is, in `root.secret`, mode 0600. `snp`: in `root.sealed`, under a "
            + "key that the SEV-SNP firmware derives for this image on this machine. That copy is a cache: another "
            + "image, host or firmware cannot open it, so the first start also splits the root to recovery keys, and "
            + "`sealgate recovery restore` seals it anew. Needs SEALGATE_MEASUREMENT_COVERS=image. `tpm`: the same "
            + "under a key that a TPM 2.0 gives out only for boot chains that an authority signed.", default: "file")
    /// Where the TPM is.
    public static let tpm = Setting(
        "SEALGATE_TPM", "The TPM for SEALGATE_ROOT_SEALING=tpm, as its software stack names it.",
        default: "device:/dev/tpmrm0")
    /// Which registers count.
    public static let tpmRegisters = Setting(
        "SEALGATE_TPM_PCRS",
        "The PCRs of the SHA-256 bank by which a boot chain is known, `4,7,11`: choose those that cover kernel, "
            + "command line and root file system. Needed for SEALGATE_ROOT_SEALING=tpm.", default: "")
    /// Who approves boot chains.
    public static let tpmAuthority = Setting(
        "SEALGATE_TPM_AUTHORITY",
        "PEM file of the P-256 public key that approves PCR policies; its private half is kept offline. Whoever has "
            + "that can let any boot chain open the root.", default: nil)
    /// What was approved.
    public static let tpmPolicies = Setting(
        "SEALGATE_TPM_POLICIES",
        "Folder of approved policies: NAME.policy, as `sealgate recovery tpm-policy` writes it, beside NAME.sig, made "
            + "by `openssl dgst -sha256 -sign KEY -out NAME.sig NAME.policy`. Put the next release's there before an "
            + "update.", default: nil)
    /// What the launch measurement covers.
    public static let measurementCovers = Setting(
        "SEALGATE_MEASUREMENT_COVERS",
        "What the launch measurement of this machine covers: `image` (kernel, initrd, command line and root file "
            + "system, as with direct boot and dm-verity) or `firmware` (the provider's alone, as on Google Cloud and "
            + "AWS). With `firmware` any image on the chip could derive the key, and SEALGATE_ROOT_SEALING=snp is "
            + "refused.", default: "firmware")
    /// To whom the root is split.
    public static let recoveryKeys = Setting(
        "SEALGATE_RECOVERY_KEYS",
        "The custodians' public keys (`sealgate recovery keygen`), at most 16: a file of PEM blocks, or a folder of "
            + "`.pub` files. Needed once, at the first start of a sealed gateway; each gets one share of the root in "
            + "`root.recovery.json`.", default: nil)
    /// How many shares give the root back.
    public static let recoveryThreshold = Setting(
        "SEALGATE_RECOVERY_THRESHOLD",
        "How many of the shares give the root secret back, 1 to 16 and at most one a key. Needed with "
            + "SEALGATE_RECOVERY_KEYS. With 1 every custodian alone can open what the gateway has sealed.",
        default: nil)
    /// Event loops.
    public static let loops = Setting(
        "SEALGATE_LOOPS", "Event-loop threads, 1 to 64. Unset: one a processor it may use, at most 8.",
        default: nil)
    /// Where the TLS key comes from.
    public static let tls = Setting(
        "SEALGATE_TLS",
        "`off`; `file` for certificate and key from files; or `inside`: the key is made in memory at each start and "
            + "never written. Its certificate request is at /api/attestation/tls/csr, and until a certificate for it "
            + "stands in SEALGATE_TLS_CERTIFICATE a self-signed one is shown. A certificate is good for this start "
            + "alone: the next start has another key. Unset: `file` if the files are named, else `off`.", default: nil)
    /// TLS certificate chain.
    public static let tlsCertificate = Setting(
        "SEALGATE_TLS_CERTIFICATE",
        "PEM file with the certificate chain. With SEALGATE_TLS=inside it may come later: it is taken while the "
            + "gateway runs, if it is for the key of this start, and else refused in the log.", default: nil)
    /// TLS private key.
    public static let tlsKey = Setting(
        "SEALGATE_TLS_KEY", "PEM file with the certificate's private key, mode 0600; for `file` alone.", default: nil)
    /// Who speaks the PROXY protocol.
    public static let proxyProtocolFrom = Setting(
        "SEALGATE_PROXY_PROTOCOL_FROM",
        "Addresses of load balancers, as CIDR, separated by commas. Each of their connections must begin with a PROXY "
            + "protocol version 2 header that tells the client's address; nobody else is believed.", default: "")
    /// Where Anthropic's API is.
    public static let anthropicBaseURL = Setting(
        "SEALGATE_ANTHROPIC_URL", "Base URL of a server that speaks the Anthropic Messages API.",
        default: "https://api.anthropic.com")
    /// Chains that accounts may name.
    public static let chains = Setting(
        "SEALGATE_CHAINS",
        "EIP-155 numbers of the chains that a Sign-In may name, separated by commas, the preferred one first; with a "
            + "node, `8453=https://node.example`, contract wallets on it log in as well, and code at an address then "
            + "forbids its key alone to. Name a chain again for up to four nodes: two must agree. One node alone is "
            + "believed, so run it yourself. URLs may hold keys and are not shown; in production they begin with "
            + "https.",
        default: "8453", isSecret: true)
    /// Private networks that may be called.
    public static let egressAllow = Setting(
        "SEALGATE_EGRESS_ALLOW",
        "Private address ranges that outgoing calls may reach, as CIDR, separated by commas. All others that are not "
            + "public are refused.", default: "")
    /// Extra prices.
    public static let prices = Setting(
        "SEALGATE_PRICES",
        "JSON file with model prices that add to or replace the built-in ones; same form as Sources/Ledger/Prices.",
        default: nil)
    /// Browser origins.
    public static let corsOrigins = Setting(
        "SEALGATE_CORS_ORIGINS", "Web origins that may call from a browser, separated by commas, or `*` for any.",
        default: "*")
    /// Quotas.
    public static let rateLimits = Setting(
        "SEALGATE_RATE_LIMITS",
        "Requests and seconds for each group of routes, by client address and by wallet, separated by commas; what is "
            + "not named keeps its standard. `off` for none, in development alone. Behind a balancer that hides its "
            + "clients' addresses set the address quotas to what all of them may do together.",
        default: RateSettings.standard)
    /// Signed requests.
    public static let requestSignatures = Setting(
        "SEALGATE_ERC8128",
        "Requests that a wallet signs one by one (ERC-8128): `b` takes the present revision of the draft, `a+b` the "
            + "early one as well, `off` none.", default: "b")
    /// Drain time.
    public static let drainSeconds = Setting(
        "SEALGATE_DRAIN_SECONDS", "How long open requests and streams may take to end after SIGTERM, 0 to 600.",
        default: "20")
    /// Secret slots.
    public static let secretSlots = Setting(
        "SEALGATE_SECRET_SLOTS",
        "How many secrets fit into locked memory, 256 to 65536, 512 bytes each. Needs RLIMIT_MEMLOCK to match.",
        default: "4096")

    /// Where the vault's ciphertexts lie.
    public static let vaultFolder = Setting(
        "SEALGATE_VAULT_DIR",
        "Folder for the vault's ciphertexts, a file each under opaque names; unset, they lie in the database. It has "
            + "to come back with the database: a start without its files is refused. Made with mode 0700 in "
            + "development; in production it has to be there, writable, and not on tmpfs, ramfs or overlay. "
            + "Not beside SEALGATE_DATABASE.",
        default: nil)
    /// Whether secrets may be stored without a signature.
    public static let vaultUnsigned = Setting(
        "SEALGATE_VAULT_UNSIGNED",
        "`on` lets clients that cannot sign store secrets under a key of the gateway's own, marked needsMigration. "
            + "`off` refuses them. Production takes off alone.", default: "off")
    /// The chain that the vault's typed data name.
    public static let vaultChain = Setting(
        "SEALGATE_VAULT_CHAIN_ID",
        "The chain id in the vault's typed data; wallets sign typed data only for the chain that they are on. Changing "
            + "it locks every vault that was sealed under typed data.", default: "8453")

    /// Which attestation device is asked.
    public static let sevDevice = Setting(
        "SEALGATE_SEV_DEVICE",
        "Attestation hardware: `auto` takes what is there, `sev-guest` or `configfs-tsm` demand one, `none` leaves it "
            + "alone. Azure's machines have neither and are not served.", default: "auto")
    /// The driver's file.
    public static let sevGuestPath = Setting(
        "SEALGATE_SEV_GUEST_PATH", "The sev-guest driver's file.", default: "/dev/sev-guest")
    /// The driver's folder.
    public static let configFSPath = Setting(
        "SEALGATE_TSM_REPORT_PATH", "The folder of configfs-tsm reports.",
        default: "/sys/kernel/config/tsm/report")
    /// The privilege level.
    public static let vmpl = Setting(
        "SEALGATE_VMPL", "The privilege level that reports are asked for, 0 to 3. Another than 0 only under an SVSM.",
        default: "0")
    /// AMD's key distribution service.
    public static let kdsURL = Setting(
        "SEALGATE_KDS_URL",
        "Where AMD's certificates are fetched if the host gives none with a report; `off` never asks. What was fetched "
            + "is kept in the data folder.", default: "https://kdsintf.amd.com")
    /// The policy for evidence.
    public static let evidencePolicy = Setting(
        "SEALGATE_EVIDENCE_POLICY",
        "JSON file with the policy by which evidence of earlier starts and siblings is judged. Unset: it must be of "
            + "this very measurement.", default: nil)
    /// The program's provenance.
    public static let provenance = Setting(
        "SEALGATE_PROVENANCE",
        "The provenance that `make release` wrote. Unset: sealgate.provenance.json beside the program.", default: nil)
    /// How long a session key signs.
    public static let sessionKeyHours = Setting(
        "SEALGATE_SESSION_KEY_HOURS", "Hours after which another session key signs, 1 to 720. No session ends by it.",
        default: "24")
    /// The vault's guard.
    public static let releaseGuard = Setting(
        "SEALGATE_RELEASE_GUARD",
        "What follows when this instance is not trusted while a stored secret is to be opened. `permissive`: nothing. "
            + "`audit`: it is counted and logged. `enforced`: without evidence that AMD's roots vouch for, nothing is "
            + "opened. Unset: `audit` where attestation hardware is, so also in production; else `permissive`.",
        default: nil)
    /// The vault's guard where something is amiss.
    public static let releaseGuardDegraded = Setting(
        "SEALGATE_RELEASE_GUARD_DEGRADED",
        "With SEALGATE_RELEASE_GUARD=enforced: whether secrets stay `open` or are `closed` while there is good "
            + "evidence and the posture is degraded all the same.", default: "open")
    /// Other gateways.
    public static let peers = Setting(
        "SEALGATE_PEERS",
        "Origins of other gateways, separated by commas: their evidence is fetched and judged, wallets can have tokens "
            + "for them, and theirs are taken here. A private one needs SEALGATE_EGRESS_ALLOW as well.", default: "")
    /// The policy for peers.
    public static let peerPolicy = Setting(
        "SEALGATE_PEER_POLICY",
        "JSON file with the policy by which peers are judged, in the form of SEALGATE_EVIDENCE_POLICY. Unset: they "
            + "must be of this very measurement, and without evidence of its own this gateway trusts none.",
        default: nil)
    /// Whether untrusted peers are refused.
    public static let peerStrict = Setting(
        "SEALGATE_PEER_STRICT",
        "`on` refuses tokens for and from every peer that is not trusted. `off` issues them all the same and still "
            + "takes only those under keys that trusted evidence names. `off` is for trying out.", default: "on")
    /// How often peers are judged.
    public static let peerSeconds = Setting(
        "SEALGATE_PEER_SECONDS",
        "How often each peer is judged, 1 to 240 seconds. No judgement counts for longer than two such periods and "
            + "half a minute.", default: "60")

    /// Whose workflow tokens are taken.
    public static let githubOIDC = Setting(
        "SEALGATE_GITHUB_OIDC",
        "Issuer of workflow tokens that are exchanged for sessions of wallets that registered the repository: "
            + "`https://token.actions.githubusercontent.com`, or that of your own GitHub server. `off` takes none.",
        default: "off")
    /// Where its keys are.
    public static let githubKeys = Setting(
        "SEALGATE_GITHUB_JWKS",
        "Where the keys of SEALGATE_GITHUB_OIDC are. Unset: `/.well-known/jwks` at the issuer. A private address needs "
            + "SEALGATE_EGRESS_ALLOW as well.", default: nil)

    /// The release list.
    public static let releaseList = Setting(
        "SEALGATE_RELEASE_LIST",
        "DSSE envelope with the release list: while it and SEALGATE_RELEASE_KEY are set, the root is handed over to an "
            + "instance whose evidence shows a measurement on it and no lower TCB. It is read anew at each offer.",
        default: nil)
    /// The release key.
    public static let releaseKey = Setting(
        "SEALGATE_RELEASE_KEY", "PEM file with the Ed25519 public key that signs the release list.", default: nil)

    /// Every setting, in the order of the documentation.
    public static let all: [Setting] = [
        mode, listen, publicOrigin, dataDirectory, database, rootSecret, rootSealing, measurementCovers, tpm,
        tpmRegisters, tpmAuthority, tpmPolicies, recoveryKeys, recoveryThreshold, loops, tls, tlsCertificate, tlsKey,
        proxyProtocolFrom, anthropicBaseURL, chains, egressAllow, prices, corsOrigins, rateLimits,
        requestSignatures, drainSeconds, secretSlots,
        sevDevice, sevGuestPath, configFSPath, vmpl, kdsURL, evidencePolicy, provenance, sessionKeyHours,
        releaseGuard, releaseGuardDegraded, vaultFolder, vaultUnsigned, vaultChain, peers, peerPolicy, peerStrict,
        peerSeconds, githubOIDC, githubKeys, releaseList, releaseKey,
    ]

    /// Names the configuration file; not itself allowed in one.
    public static let fileVariable = "SEALGATE_CONFIG"
}
