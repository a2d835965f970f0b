using Hutch.Catalog.Inspection;
using Hutch.Catalog.Sqlite;
using Hutch.Datasets.Upkeep;
using Hutch.Site.Engines.Segments;

namespace Hutch.Datasets.Inspection;

/// <summary>Looks at the parts of a data folder from outside: nothing is changed, whether a process has it open or not.</summary>
public sealed class FolderInspection(IDisk disk, string folder, bool isOpen)
{
    public const string ZoneFile = ZoneServices.FileName;

    public const string SiteFile = RecordsFile.Name;

    /// <summary>The version of SQLite. Throws <see cref="IOException"/> with words when it is not installed.</summary>
    public static string SqliteVersion()
    {
        try
        {
            return SqliteLibrary.EnsureLoaded();
        }
        catch (CatalogException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Free space that the store leaves to deletes and recovery, bytes.</summary>
    public static long ReserveBytes(SiteOptions options)
    {
        return options.Segments.ReserveBytes;
    }

    /// <summary>Segment files that the store keeps open at most.</summary>
    public static int MaxOpenFiles(SiteOptions options)
    {
        return options.Segments.MaxOpenFiles;
    }

    public InspectedDatabase Database(string name)
    {
        string path = Path.Combine(folder, name);
        if (!disk.FileExists(path))
        {
            return new InspectedDatabase(name, DatabaseState.Missing, null, 0, []);
        }

        if (isOpen)
        {
            return new InspectedDatabase(name, DatabaseState.Open, null, 0, []);
        }

        if (disk.FileExists(path + "-wal"))
        {
            string? damage = name == ZoneFile ? ZoneServices.FindLog(path) : null;
            return new InspectedDatabase(name, DatabaseState.NotStoppedInOrder, null, 0, damage is null ? [] : [damage]);
        }

        DatabaseInspection look = name == ZoneFile ? ZoneServices.Inspect(path) : DatabaseInspection.AtSite(path);
        return new InspectedDatabase(name, DatabaseState.Looked, look.Schema, look.Known, look.Damage);
    }

    /// <summary>Describes links of accounts to people of a login provider that may rest on a changed name, a line each.</summary>
    public IReadOnlyList<string> DoubtfulIdentities() =>
        [.. ZoneServices.InspectIdentities(Path.Combine(folder, ZoneFile)).Select(DoubtfulLinks.Describe)];

    /// <summary>Returns the way for an operator to recover the accounts, in a sentence with the one command.</summary>
    public string WayBackOfZone() => ZoneServices.WayBackOf(disk, folder);

    /// <summary>Segment files that should be there and are not.</summary>
    public IReadOnlyList<string> LostSegments() => SegmentInspection.FindLost(disk, folder);

    /// <summary>Lists missing parts of existing segment files, a line each.</summary>
    public IReadOnlyList<string> IncompleteSegments() => SegmentInspection.FindIncomplete(disk, folder);

    /// <summary>Lists segment files without notes from an older format, so that losses before the upgrade cannot be known.</summary>
    public IReadOnlyList<string> UncertainSegments() => SegmentInspection.FindUncertain(disk, folder);

    /// <summary>Segment files that do not begin like one.</summary>
    public IReadOnlyList<string> UnreadableSegments() => SegmentInspection.FindUnreadable(disk, folder);
}

public enum DatabaseState
{
    Looked,

    Missing,

    /// <summary>A process has it for itself, and looks after it.</summary>
    Open,

    /// <summary>
    /// The last writes are in a file next to it, since its process was not stopped in order: only opening the database would apply them.
    /// </summary>
    NotStoppedInOrder,
}

/// <param name="Schema">The number of its schema; null when it could not be read.</param>
/// <param name="Known">The newest schema that this program knows.</param>
/// <param name="Damage">The damage in it; empty when it is whole.</param>
public sealed record InspectedDatabase(string Name, DatabaseState State, int? Schema, int Known, IReadOnlyList<string> Damage);
