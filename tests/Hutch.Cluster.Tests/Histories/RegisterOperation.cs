namespace Hutch.Cluster.Tests.Histories;

/// <summary>What one client did with one register, and when: a write of a value that nobody else writes, or a read.</summary>
/// <param name="IsWrite">Whether it wrote.</param>
/// <param name="Value">What was written or read; null is what a register has before the first write.</param>
/// <param name="Begun">When it was asked.</param>
/// <param name="Ended">When it was answered; <see cref="Never"/> for a write of which nobody knows whether it was done.</param>
internal sealed record RegisterOperation(bool IsWrite, string? Value, long Begun, long Ended)
{
    /// <summary>The end of what was not answered: it may be done at any time, or not at all.</summary>
    public const long Never = long.MaxValue;
}
