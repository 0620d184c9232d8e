/// Whether whoever wants endorsements waits for a service that may be slow, blocked or gone.
public enum EndorsementPatience: Hashable, Sendable {
    /// Until the service has answered or its time is up.
    case waits
    /// Not at all: what is at hand now is enough, and what is not is fetched behind the caller's back.
    case takesWhatIsThere
}
