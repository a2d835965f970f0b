namespace Hutch.Cluster.Bytes;

/// <summary>
/// The names of a site's objects in its bucket. No name is used twice: each contains the id that a server drew when it started, and a
/// server never reuses a name.
/// </summary>
public static class ObjectNames
{
    /// <summary>The name of the object that says which site owns the bucket.</summary>
    public const string Site = "hutch-site.json";

    private const string ListSuffix = ".txt";
    private const int IdDigits = 32;

    public const string Extents = "extents/";

    public const string Packs = "packs/";

    /// <summary>
    /// Returns the name of an extent, with its writer, upload and offset. It ends with the CRC32C of the bytes, so that a copy of the
    /// bucket can be checked without other data.
    /// </summary>
    public static string For(StoredExtent extent) => string.Create(
        CultureInfo.InvariantCulture, $"{Extents}{extent.Server:N}/{extent.Key.Upload:N}/{extent.Key.Offset:x16}.{extent.Crc32C:x8}");

    /// <summary>Returns the name of a pack: its writer, and the name of the same file as a segment.</summary>
    public static string For(StoredPack pack)
    {
        return Packs + pack.Server.ToString("N") + "/" + FileOf(pack.Number, pack.Lane);
    }

    /// <summary>Returns the name of the list of all packs that is written with a pack that replaces others.</summary>
    public static string ListOf(string pack)
    {
        return pack[..pack.IndexOf('.', pack.LastIndexOf('/'))] + ListSuffix;
    }

    /// <summary>Returns the number of the pack with which a list of all packs was written; null for any other name.</summary>
    public static long? PackOfList(string name)
    {
        if (!name.StartsWith(Packs, StringComparison.Ordinal) || !name.EndsWith(ListSuffix, StringComparison.Ordinal))
        {
            return null;
        }

        string digits = name[(name.LastIndexOf('/') + 1)..^ListSuffix.Length];
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
    }

    /// <summary>Reads the id of the writer from the name of an extent, a pack or a list. Returns false for other names.</summary>
    public static bool TryReadWriter(string name, out Guid writer)
    {
        string? folder = Array.Find([Extents, Packs], prefix => name.StartsWith(prefix, StringComparison.Ordinal));
        writer = default;
        return folder is not null && name.Length > folder.Length + IdDigits && name[folder.Length + IdDigits] == '/'
            && Guid.TryParseExact(name.AsSpan(folder.Length, IdDigits), "N", out writer);
    }

    public static string FileOf(long number, Lane lane) => string.Create(CultureInfo.InvariantCulture, $"{number:d10}.{lane}.tar");
}
