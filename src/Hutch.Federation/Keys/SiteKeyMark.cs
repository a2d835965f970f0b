namespace Hutch.Federation.Keys;

/// <summary>
/// A line before the key of a site, which PEM permits: the zone that the site has joined. Restored beside accounts that know of no zone,
/// the key shows that they are older than the join, or made anew.
/// </summary>
/// <param name="Address">The address of the zone's door for sites.</param>
internal sealed record SiteKeyMark(string Zone, string SiteName, string SiteId, string Address)
{
    private const string Begin = "# joined ";

    public static SiteKeyMark Of(JoinedZoneRecord joined) => new(joined.Zone, joined.SiteName, joined.SiteId, joined.Address);

    /// <summary>Returns the mark of a key file; null for a key without one.</summary>
    public static SiteKeyMark? Find(string text) =>
        text.Split('\n').FirstOrDefault(IsMark) is { } line && line[Begin.Length..].Split(' ') is [var zone, var name, var id, var address]
            ? new SiteKeyMark(zone, name, id, address.TrimEnd())
            : null;

    /// <summary>Returns the text of a key file with this mark in place of any other.</summary>
    public string Write(string text) =>
        $"{Begin}{Zone} {SiteName} {SiteId} {Address}\n" + string.Join('\n', text.Split('\n').Where(static line => !IsMark(line)));

    /// <summary>Returns the refusal of a start with this key, beside accounts that never joined.</summary>
    public HutchError Refuse(string dataFolder) => (ErrorCode.BadConfiguration with
    {
        Advice = $"Restore zone.db from a copy or backup made after the join. Without one, let the zone take the site back: "
            + $"`hutch site invite {SiteName} --again` there, then `hutch site return` here with its token.",
    }).With(
        $"keys/site.key in {Display.Quote(dataFolder)} is that of {SiteName}, a site of the zone at {Address}, but zone.db there never "
        + "joined a zone: it is older than the join, or was made anew. Its accounts ended with the join, so this server does not start "
        + "with them. Nothing was changed.");

    private static bool IsMark(string line) => line.StartsWith(Begin, StringComparison.Ordinal);
}
