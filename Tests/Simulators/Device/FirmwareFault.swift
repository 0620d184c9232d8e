/// What can go wrong between a guest and its firmware. The names are those of `--fault` and of the control socket.
enum FirmwareFault: String, CaseIterable {
    case none
    /// The guest runs at VMPL 1, so that a request for 0 gets status 0x16.
    case vmplTooLow = "vmpl-too-low"
    /// The driver gives up on a throttling host: ETIMEDOUT with VMM error 2.
    case busy
    /// The same, after the time that the driver tries again (`--throttle-milliseconds`).
    case throttled
    /// The table needs all four pages that the driver can fetch: EIO with VMM error 1 below that.
    case invalidLength = "invalid-length"
    /// The same, on a kernel whose ioctl returns 0 with that VMM error.
    case invalidLengthQuiet = "invalid-length-quiet"
    /// The host says "too small" however large the buffer is.
    case invalidLengthForEver = "invalid-length-for-ever"
    /// The table needs five pages, more than the driver fetches.
    case tableTooLarge = "table-too-large"
    /// The VMPCK is wiped already.
    case wiped
    /// The next request fails in the hypervisor, which wipes the VMPCK.
    case hypervisorError = "hypervisor-error"
    /// The next request fails in the firmware, which wipes the VMPCK.
    case firmwareError = "firmware-error"
    case emptyTable = "empty-table"
    case status16 = "status-16"
    case status27 = "status-27"
    case reportSize = "report-size"
    case reportSizeZero = "report-size-0"
    case reportSizeLarge = "report-size-4000"
    /// The report is over other data than was asked for.
    case otherReportData = "other-report-data"
    /// configfs: the provider is another maker's.
    case foreignProvider = "foreign-provider"
    /// configfs: somebody else writes into the folder.
    case interference
    /// configfs: the lowest privilege level that may be asked for is 2.
    case highFloor = "high-floor"
}
