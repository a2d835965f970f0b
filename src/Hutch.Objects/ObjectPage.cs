namespace Hutch.Objects;

/// <summary>A page of a listing.</summary>
/// <param name="Objects">The objects, in byte order of their keys.</param>
/// <param name="IsLast">True if no page follows.</param>
public sealed record ObjectPage(IReadOnlyList<ObjectFacts> Objects, bool IsLast)
{
    /// <summary>The most keys of a page, and of one deletion.</summary>
    public const int MaxKeys = 1000;
}

/// <summary>An object in a listing.</summary>
/// <param name="Length">The length in bytes.</param>
/// <param name="Modified">The time of its storage, by the store's clock.</param>
public readonly record struct ObjectFacts(string Key, long Length, DateTimeOffset Modified);

/// <summary>An object that the store did not delete.</summary>
/// <param name="Why">The store's message.</param>
public readonly record struct UndeletedObject(string Key, string Why);
