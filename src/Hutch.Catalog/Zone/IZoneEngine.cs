using System.Data.Common;
using Hutch.Disk;
using Hutch.Model;

namespace Hutch.Catalog.Zone;

/// <summary>Where the tables of the zone are kept: the source of their connections and transactions, and all that differs.</summary>
/// <remarks>Thread-safe.</remarks>
internal interface IZoneEngine : IAsyncDisposable
{
    string Id { get; }

    /// <summary>The version as far as this process knows it.</summary>
    RisingNumber Version { get; }

    string? Damage { get; }

    ValueTask MakeCurrentAsync(CancellationToken ct);

    IDisposable? BeginRequest();

    /// <summary>Reads one state. It may be read twice, when a connection is lost.</summary>
    ValueTask<T> ReadAsync<T>(Func<DbConnection, T> read, CancellationToken ct);

    /// <summary>Begins a transaction that writes, after all that began before, those of other servers included.</summary>
    ValueTask<IZoneTurn> TakeTurnAsync(CancellationToken ct);

    /// <summary>What a failure of the database means for who asked; null for anything else, which is a bug.</summary>
    HutchError? Refuse(Exception failure);

    /// <summary>
    /// Whether a turn failed as it was lost, and nothing that it did is there: the same may be done in another one. Never after a commit
    /// of which nobody knows what became of it.
    /// </summary>
    bool IsLostUnchanged(Exception failure);

    ValueTask<IReadOnlyList<string>> CheckIntegrityAsync(CancellationToken ct);
}

/// <summary>A transaction that writes, for one renter alone. What was not committed is undone when it is disposed of.</summary>
internal interface IZoneTurn : IAsyncDisposable
{
    /// <summary>The connection, for the tables.</summary>
    DbConnection Connection { get; }

    /// <summary>Commits; durable on return. Once it has begun it is carried through.</summary>
    /// <param name="kind">What is committed.</param>
    /// <param name="ct">Ends what may be ended: the wait after an answer was lost.</param>
    ValueTask CommitAsync(ZoneCommit kind, CancellationToken ct);
}

/// <summary>What a transaction of the zone is.</summary>
internal enum ZoneCommit
{
    /// <summary>A change, with its lines in the audit: what was cached before is wrong.</summary>
    Change,

    /// <summary>A line in the audit about what was done elsewhere.</summary>
    Note,

    /// <summary>Something that nobody caches or audits, and that is done again when it fails.</summary>
    Upkeep,
}
