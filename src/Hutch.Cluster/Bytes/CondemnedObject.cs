namespace Hutch.Cluster.Bytes;

/// <summary>An object that nothing refers to any more: deleted when its time is over.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Since">Since when, in milliseconds since 1970; or <see cref="DueAtOnce"/>.</param>
public readonly record struct CondemnedObject(string Name, long Since)
{
    /// <summary>For what is not kept for a while, but deleted as soon as nobody looks for it.</summary>
    public const long DueAtOnce = 0;
}
