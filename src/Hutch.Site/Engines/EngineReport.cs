using Hutch.Site.Platform.Servers;

namespace Hutch.Site.Engines;

/// <summary>The state of an engine's stores at this moment, as one server sees it.</summary>
/// <param name="LastSequence">The number of the last record in the log; null when it is unknown.</param>
/// <param name="Stores">The stores outside of the data folder, the log's first.</param>
/// <param name="Servers">The servers of the site; empty where there is one.</param>
public sealed record EngineReport(
    string Kind, long? LastSequence, IReadOnlyList<StoreReport> Stores, IReadOnlyList<SiteServer> Servers)
{
    /// <summary>The site is in the data folder of this server.</summary>
    public const string Folder = "data folder";

    /// <summary>The site is in stores that several servers share.</summary>
    public const string Shared = "shared";

    /// <summary>The report of a data folder: this process has no other stores.</summary>
    public static EngineReport OfFolder { get; } = new(Folder, null, [], []);
}

/// <param name="Name">The kind of store, such as PostgreSQL.</param>
/// <param name="Where">Its address, without secrets.</param>
/// <param name="Took">The time until it answered, or was given up.</param>
/// <param name="Trouble">The reason why it cannot be used, a sentence; null when it answered.</param>
public sealed record StoreReport(string Name, string Where, TimeSpan Took, string? Trouble);
