using Hutch.Datasets.Files;
using Hutch.Formats.Microscopy.Sessions;

namespace Hutch.Datasets.Microscopes;

/// <summary>The sessions at a microscope in a dataset, for callers with the right to read its files.</summary>
public sealed class MicroscopeService(EntryService entries, SessionTables tables)
{
    /// <summary>Makes the table of a version from its files; one of the same files is remembered.</summary>
    public async Task<Result<SessionTable>> FindAsync(Caller caller, DatasetId id, SnapshotRef? at, CancellationToken ct)
    {
        Result<VersionEntries> found = await entries.ReadAllAsync(caller, id, at, ct);
        return found.IsOk ? await tables.GetAsync(id, at, found.Value, ct) : found.Error;
    }

    /// <summary>One page of the places of a kind and of a parent.</summary>
    /// <param name="start">The number of the first one.</param>
    public async Task<Result<Batch<GridLocation>>> ListPlacesAsync(
        Caller caller, DatasetId id, SnapshotRef? at, LocationFilter filter, int start, int limit, CancellationToken ct) =>
        (await FindAsync(caller, id, at, ct)).Then<Batch<GridLocation>>(table => Page(table.Places.Where(filter.Includes), start, limit));

    /// <summary>One page of the exposures at a place or of a series.</summary>
    /// <param name="start">The number of the first one.</param>
    public async Task<Result<Batch<Exposure>>> ListExposuresAsync(
        Caller caller, DatasetId id, SnapshotRef? at, ExposureFilter filter, int start, int limit, CancellationToken ct) =>
        (await FindAsync(caller, id, at, ct)).Then<Batch<Exposure>>(table => Page(filter.Apply(table.Exposures), start, limit));

    private static Batch<T> Page<T>(IEnumerable<T> all, int start, int limit)
    {
        T[] items = [.. all.Skip(start).Take(limit + 1)];
        return items.Length > limit
            ? new Batch<T>(items[..limit], (start + limit).ToString(CultureInfo.InvariantCulture))
            : new Batch<T>(items, null);
    }
}

/// <param name="Kind">Of this kind; of any for null.</param>
/// <param name="Parent">Of this square or map; of any for null.</param>
public sealed record LocationFilter(LocationKind? Kind, string? Parent)
{
    internal bool Includes(GridLocation place) => (Kind is null || place.Kind == Kind) && (Parent is null || place.Parent == Parent);
}

/// <param name="Square">In this square; in any for null.</param>
/// <param name="Place">At this hole or item; at any for null.</param>
/// <param name="Series">Of this tilt series; of any or none for null.</param>
/// <param name="IsNewestFirst">True for the newest first; those without a time come last in both orders.</param>
/// <param name="Part">With this text in the path of the movie or of its metadata, in any case; with any for null.</param>
public sealed record ExposureFilter(string? Square, string? Place, string? Series, string? Part, bool IsNewestFirst)
{
    internal IEnumerable<Exposure> Apply(IReadOnlyList<Exposure> byTime) => !IsNewestFirst
        ? byTime.Where(Includes)
        : byTime.Where(static exposure => exposure.Acquired is not null).Reverse()
            .Concat(byTime.Where(static exposure => exposure.Acquired is null)).Where(Includes);

    private bool Includes(Exposure exposure) =>
        (Square is null || exposure.Square == Square) && (Place is null || exposure.Place == Place)
        && (Series is null || exposure.Series == Series)
        && (Part is null || IsIn(exposure.Movie) || IsIn(exposure.Metadata) || IsIn(exposure.Id));

    private bool IsIn(string? text) => text?.Contains(Part!, StringComparison.OrdinalIgnoreCase) == true;
}
