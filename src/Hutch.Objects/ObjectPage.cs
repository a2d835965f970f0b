namespace Hutch.Objects;

/// <param name="Objects">The objects, in byte order of their keys.</param>
public sealed record ObjectPage(IReadOnlyList<ObjectFacts> Objects, bool IsLast)
{
    /// <summary>The most keys of a page, and of one deletion.</summary>
    public const int MaxKeys = 1000;
}

/// <param name="Modified">The time of its storage, by the store's clock.</param>
public readonly record struct ObjectFacts(string Key, long Length, DateTimeOffset Modified);

/// <summary>An object that the store did not delete.</summary>
public readonly record struct UndeletedObject(string Key, string Why);
