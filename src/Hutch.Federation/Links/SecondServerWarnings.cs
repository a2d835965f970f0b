using Hutch.Site.Life.Maintenance;

namespace Hutch.Federation.Links;

/// <summary>The warnings about two servers that run with the key of one site, for the operators of the zone and of both servers.</summary>
internal static class SecondServerWarnings
{
    private const string Kind = "site-second-server";

    private const string Advice =
        "Find the copy of the data folder, the machine or the database, and stop one of the two servers. The other is admitted within 20 "
        + "seconds.";

    /// <summary>The message of the server that the zone admits.</summary>
    public const string OfFirst =
        "A second server runs with the key of this site, as after a copy of its data folder. The zone refuses it, and its users see "
        + "other data.";

    public static SiteWarning AtZone(string site) => new(
        Kind, $"Two servers run with the key of the site {site}, as after a copy of its data folder. The second is refused.", Advice);

    public static SiteWarning AtFirst() => new(Kind, OfFirst, Advice);

    public static SiteWarning AtSecond(HutchError refusal) => new(Kind, refusal.Message, refusal.Code.Advice);
}
