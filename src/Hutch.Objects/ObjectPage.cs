namespace Hutch.Objects;

/// <summary>A page of a listing.</summary>
/// <param name="Objects">Its objects, in order.</param>
/// <param name="IsLast">Whether nothing comes after it.</param>
public sealed record ObjectPage(IReadOnlyList<ObjectFacts> Objects, bool IsLast)
{
    /// <summary>The most keys of a page, and of one removal.</summary>
    public const int MaxKeys = 1000;
}

/// <summary>An object in a listing.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Modified">When it was stored, by the store's clock.</param>
public readonly record struct ObjectFacts(string Key, long Length, DateTimeOffset Modified);

/// <summary>An object that the store did not remove.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Why">What the store says.</param>
public readonly record struct ObjectLeft(string Key, string Why);
