using System.Globalization;
using Hutch.Storage;

namespace Hutch.Cluster.Bytes;

/// <summary>
/// The names of a site's objects in its bucket. No name is ever used twice: each has the id that a server drew when it started, and a
/// server uses none again.
/// </summary>
public static class ObjectNames
{
    /// <summary>Says whose bucket it is.</summary>
    public const string Site = "hutch-site.json";

    private const string ListSuffix = ".txt";
    private const int IdDigits = 32;

    /// <summary>What the names of extents begin with.</summary>
    public const string Extents = "extents/";

    /// <summary>What the names of packs begin with.</summary>
    public const string Packs = "packs/";

    /// <summary>
    /// The name of an extent: who wrote it, of which upload, from which byte on. It ends with the CRC32C of the bytes, so that a copy of
    /// the bucket can be checked with nothing else.
    /// </summary>
    public static string Of(StoredExtent extent) => string.Create(
        CultureInfo.InvariantCulture, $"{Extents}{extent.Server:N}/{extent.Key.Upload:N}/{extent.Key.Offset:x16}.{extent.Crc32C:x8}");

    /// <summary>The name of a pack: who wrote it, and the name that the same file has as a segment.</summary>
    public static string Of(StoredPack pack)
    {
        ArgumentNullException.ThrowIfNull(pack);
        return Packs + pack.Server.ToString("N") + "/" + FileOf(pack.Number, pack.Lane);
    }

    /// <summary>The name of the list of all packs that is written with a pack that replaces others.</summary>
    public static string ListOf(string pack)
    {
        ArgumentNullException.ThrowIfNull(pack);
        return pack[..pack.IndexOf('.', pack.LastIndexOf('/'))] + ListSuffix;
    }

    /// <summary>The number of the pack with which a list of all packs was written; null for the name of anything else.</summary>
    public static long? PackOfList(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!name.StartsWith(Packs, StringComparison.Ordinal) || !name.EndsWith(ListSuffix, StringComparison.Ordinal))
        {
            return null;
        }

        string digits = name[(name.LastIndexOf('/') + 1)..^ListSuffix.Length];
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
    }

    /// <summary>The id in the name of an extent, a pack or a list: that under which its server wrote it. False for other names.</summary>
    public static bool TryReadWriter(string name, out Guid writer)
    {
        ArgumentNullException.ThrowIfNull(name);
        string? folder = Array.Find([Extents, Packs], prefix => name.StartsWith(prefix, StringComparison.Ordinal));
        writer = default;
        return folder is not null && name.Length > folder.Length + IdDigits && name[folder.Length + IdDigits] == '/'
            && Guid.TryParseExact(name.AsSpan(folder.Length, IdDigits), "N", out writer);
    }

    /// <summary>The name of the file that a pack is.</summary>
    public static string FileOf(long number, Lane lane) => string.Create(CultureInfo.InvariantCulture, $"{number:d10}.{lane}.tar");
}
