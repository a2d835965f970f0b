namespace Hutch.Model;

/// <summary>
/// An expected error: its kind, the affected object, and advice. Bugs, cancellation and failing devices are exceptions instead.
/// </summary>
/// <param name="Code">The kind, from the closed table <see cref="ErrorCode"/>.</param>
/// <param name="Message">One or two sentences for display. Never contains a secret.</param>
/// <param name="Details">Machine-readable facts (numbers, names), keys in camelCase; null for none.</param>
public sealed record HutchError(ErrorCode Code, string Message, IReadOnlyDictionary<string, string>? Details = null)
{
    /// <summary>The detail with the seconds of a time limit that ended the work: the next attempt may be faster.</summary>
    public const string TimeLimit = "timeLimitSeconds";

    /// <summary>True if a server answered with it. An error of this machine has no HTTP status, though its code has one.</summary>
    public bool IsAnswer { get; init; }

    /// <summary>Creates the refusal of what exceeds a quota, with its numbers.</summary>
    /// <param name="what">What is counted, such as <c>bytes</c>.</param>
    public static HutchError OfQuota(string message, string owner, string what, long limit, long used, long needed) => new(
        ErrorCode.InsufficientStorage,
        message,
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["owner"] = owner,
            ["quota"] = what,
            ["limit"] = limit.ToString(CultureInfo.InvariantCulture),
            ["used"] = used.ToString(CultureInfo.InvariantCulture),
            ["needed"] = needed.ToString(CultureInfo.InvariantCulture),
        });

    /// <summary>Converts this error to an exception, for code that cannot return it.</summary>
    public HutchException ToException(Exception? cause = null) => new(this, cause);
}
