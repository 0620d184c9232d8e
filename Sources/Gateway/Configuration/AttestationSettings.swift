import Attestation

/// The settings about hardware evidence, understood.
public struct AttestationSettings: Sendable, Hashable {
    /// Which device is to be asked.
    public enum Device: Sendable, Hashable {
        /// The one that is there, if any.
        case automatic
        /// `/dev/sev-guest`, or no start.
        case sevGuest
        /// configfs-tsm, or no start.
        case configfsTSM
        /// None, whatever is there.
        case off
    }

    /// Which device is to be asked.
    public let device: Device
    /// The driver's file.
    public let sevGuestPath: String
    /// The driver's folder.
    public let configFSPath: String
    /// The privilege level that reports are asked for, 0 to 3.
    public let vmpl: UInt32
    /// Base URL of AMD's key distribution service; nil keeps the gateway from asking it.
    public let kdsURL: String?
    /// JSON file with the policy by which kept evidence is judged; nil demands this very program's measurement.
    public let policyFile: String?
    /// The provenance of the program; nil for the file beside it.
    public let provenanceFile: String?
    /// How long a session key signs, in hours.
    public let sessionKeyHours: Int
    /// The files that open the hand-over of the root; nil keeps it shut.
    public let handover: HandoverFiles?

    /// The release list and the key that signs it.
    public struct HandoverFiles: Sendable, Hashable {
        /// DSSE envelope with the release list.
        public let list: String
        /// PEM file with the release key, public.
        public let key: String

        /// Both files.
        public init(list: String, key: String) {
            self.list = list
            self.key = key
        }
    }

    init(_ reader: SettingReader) throws(ConfigurationError) {
        switch reader.text(.sevDevice) {
        case "auto": device = .automatic
        case "sev-guest": device = .sevGuest
        case "configfs-tsm": device = .configfsTSM
        case "none": device = .off
        default:
            throw ConfigurationError(Setting.sevDevice.name, "write auto, sev-guest, configfs-tsm or none.")
        }
        sevGuestPath = try reader.nonEmpty(.sevGuestPath)
        configFSPath = try reader.nonEmpty(.configFSPath)
        vmpl = UInt32(try reader.number(.vmpl, in: 0...3) ?? 0)
        let kds = reader.text(.kdsURL)
        kdsURL = kds == "off" ? nil : try Configuration.baseURL(kds, of: .kdsURL)
        policyFile = reader.optionalText(.evidencePolicy)
        provenanceFile = reader.optionalText(.provenance)
        sessionKeyHours = try reader.number(.sessionKeyHours, in: 1...720) ?? 24
        switch (reader.optionalText(.releaseList), reader.optionalText(.releaseKey)) {
        case (nil, nil): handover = nil
        case (let list?, let key?): handover = HandoverFiles(list: list, key: key)
        case (_?, nil): throw ConfigurationError(Setting.releaseKey.name, "a release list needs its key's file.")
        case (nil, _?): throw ConfigurationError(Setting.releaseList.name, "a release key needs its list's file.")
        }
    }
}
