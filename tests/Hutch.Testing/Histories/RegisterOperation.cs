namespace Hutch.Testing.Histories;

/// <summary>An operation of one client on one register: a read, or a write of a value that no other client writes.</summary>
/// <param name="IsWrite">Whether it is a write.</param>
/// <param name="Value">The value that was written or read; null before the first write.</param>
/// <param name="Begun">The time of the request.</param>
/// <param name="Ended">The time of the answer; <see cref="Never"/> for a write with an unknown outcome.</param>
public sealed record RegisterOperation(bool IsWrite, string? Value, long Begun, long Ended)
{
    /// <summary>The end of an operation without an answer: it may be done at any time, or never.</summary>
    public const long Never = long.MaxValue;
}
