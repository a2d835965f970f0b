using Hutch.Site.Engines.Segments;

namespace Hutch.Buckets;

/// <summary>
/// The names of a folder's objects in its bucket. No name is used twice: each contains the epoch and a random id.
/// </summary>
internal sealed class FolderObjects(string prefix, Func<Guid> newId)
{
    /// <summary>The name of the object that says which life of which folder owns the prefix.</summary>
    public string Owner => prefix + "hutch-folder.json";

    public string Prefix => prefix;

    /// <summary>The beginning of the names of segments in an archive class.</summary>
    public string Archive => prefix + "nearline/";

    public string Lists => prefix + "lists/";

    public string Open => prefix + "open/";

    public string Segments => prefix + "segments/";

    public string Zones => prefix + "zone/";

    /// <summary>The name of the object that says that a start acknowledges nothing more.</summary>
    public string Released(Guid start) => $"{prefix}released/{start:N}";

    /// <summary>Returns a new name for a segment. It ends with the name of its file, for salvage from a copy of the bucket.</summary>
    public string NewSegment(long epoch, string file) => $"{Segments}{Life(epoch)}/{newId():N}/{file}";

    public string NewZone(long epoch, string file) => $"{Zones}{Life(epoch)}/{newId():N}/{file}";

    /// <summary>Returns a new name for a part of an open segment.</summary>
    public string NewPiece(long epoch, string file, long number) =>
        string.Create(CultureInfo.InvariantCulture, $"{Open}{Life(epoch)}/{file}/{number:d10}-{newId():N}");

    /// <summary>Returns the segment of a part and its number; nulls for any other object.</summary>
    public (string? Segment, long Number) ParsePiece(string key) =>
        key[Open.Length..].Split('/') is [_, var file, var part] && SegmentInspection.IsSegment(file)
        && long.TryParse(part.Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? (file, number)
            : (null, 0);

    /// <summary>Returns a new name for a list. Names of newer lists are later in the order of bytes.</summary>
    public string NewList(long epoch, long number) =>
        string.Create(CultureInfo.InvariantCulture, $"{Lists}{Life(epoch)}-{number:d10}-{newId():N}.txt");

    /// <summary>Returns the number of a list of a life; 0 for any other object.</summary>
    public long NumberOf(long epoch, string key)
    {
        string life = Lists + Life(epoch) + "-";
        return key.StartsWith(life, StringComparison.Ordinal)
            && long.TryParse(key[life.Length..].Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long number)
                ? number
                : 0;
    }

    private static string Life(long epoch) => epoch.ToString("d6", CultureInfo.InvariantCulture);
}
