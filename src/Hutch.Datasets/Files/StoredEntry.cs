using Hutch.Model;

namespace Hutch.Datasets.Files;

/// <summary>What a put left at a path.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="IsNew">Whether nothing was there before.</param>
public sealed record StoredEntry(Entry Entry, bool IsNew);
