namespace Hutch.Cluster.Bytes;

/// <summary>An object that nothing refers to any more: deleted when its time is over.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Since">Since when, in milliseconds since 1970; or <see cref="DueAtOnce"/>, or <see cref="Gone"/>.</param>
public readonly record struct CondemnedObject(string Name, long Since)
{
    /// <summary>For what is not kept for a while, but deleted as soon as nobody looks for it.</summary>
    public const long DueAtOnce = 0;

    /// <summary>For what was deleted: nobody need remember it any more.</summary>
    public const long Gone = long.MaxValue;

    /// <summary>Whether it was deleted.</summary>
    public bool IsGone => Since == Gone;

    /// <summary>What a row says of objects that were deleted.</summary>
    public static LogDirectory OfGone(IEnumerable<string> names) =>
        new() { Condemned = [.. names.Select(static name => new CondemnedObject(name, Gone))] };
}
