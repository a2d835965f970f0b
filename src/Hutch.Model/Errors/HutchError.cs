namespace Hutch.Model;

/// <summary>
/// An expected refusal: what kind it is, what happened to which object, and what to do about it.
/// Bugs, cancellation and failing devices are exceptions instead.
/// </summary>
/// <param name="Code">The kind, from the closed table <see cref="ErrorCode"/>.</param>
/// <param name="Message">One or two sentences for a person. Never contains a secret.</param>
/// <param name="Details">Machine-readable facts (numbers, names), keys in camelCase; null when there are none.</param>
public sealed record HutchError(ErrorCode Code, string Message, IReadOnlyDictionary<string, string>? Details = null)
{
    /// <summary>Raises this refusal as an exception, for callers that need the value.</summary>
    /// <param name="cause">What led to it, for the log; null when nothing failed.</param>
    public HutchException ToException(Exception? cause = null) => new(this, cause);
}
