namespace Hutch.Model;

/// <summary>Addresses of pages of the portal.</summary>
public static class PortalUrl
{
    /// <summary>The page of a share link, without the secret. The secret follows the hash, so that no server on the way logs it.</summary>
    public const string LinkPage = "s#";

    /// <summary>A page below the address of the portal.</summary>
    public static string Of(Uri portal, string page)
    {
        ArgumentNullException.ThrowIfNull(portal);
        return portal.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/" + page;
    }

    /// <summary>The page of a dataset.</summary>
    public static string OfDataset(Uri portal, DatasetId dataset) => Of(portal, $"datasets/{dataset}");

    /// <summary>The page of a share link.</summary>
    public static string OfLink(Uri portal, string secret) => Of(portal, LinkPage + secret);

    /// <summary>The page for accepting an invite; its code follows the hash, too.</summary>
    public static string OfInvite(Uri portal, string code) => Of(portal, "invite#code=" + code);
}
