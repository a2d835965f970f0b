using Hutch.Site.Maintenance;
using Hutch.Storage;

namespace Hutch.Site.Engines;

/// <summary>
/// What keeps a site: its log, its bytes, and the upkeep of both, which only the engine knows how to do. Opened before the site and closed
/// after it.
/// </summary>
public interface ISiteEngine : IAsyncDisposable
{
    ISiteLog Log { get; }

    ISiteBytes Bytes { get; }

    /// <summary>What the records are brought up to date from when the site is opened.</summary>
    IRecordsSource Records { get; }

    /// <summary>The upkeep, for a site that stands on this engine; asked for once, when the site is opened.</summary>
    EngineUpkeep Keep(EngineSite site);

    /// <summary>For a graceful stop, after the last commit: whatever makes the next start quick. Nothing is lost without it.</summary>
    Task SealAsync(CancellationToken ct);
}
