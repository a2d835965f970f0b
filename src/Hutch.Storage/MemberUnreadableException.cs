namespace Hutch.Storage;

/// <summary>
/// The disk failed to read stored bytes. They may be intact, so they are not quarantined (<see cref="QuarantinedException"/>), and the next
/// reader tries again.
/// </summary>
public sealed class MemberUnreadableException(string message, Exception inner) : IOException(message, inner)
{
    /// <summary>True if the whole store does not answer: nothing is known of these bytes.</summary>
    public bool IsAway { get; init; }
}
