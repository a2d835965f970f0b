namespace Hutch.Model;

public static class PortalUrl
{
    /// <summary>The page of a share link, without the secret. The secret follows the hash, so that no server on the way logs it.</summary>
    public const string LinkPage = "s#";

    public static string For(Uri portal, string page)
    {
        return portal.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/" + page;
    }

    /// <summary>The page of a dataset, below the address of the portal.</summary>
    public static string DatasetPage(DatasetId dataset) => $"datasets/{dataset}";

    public static string OfDataset(Uri portal, DatasetId dataset) => For(portal, DatasetPage(dataset));

    public static string OfLink(Uri portal, string secret) => For(portal, LinkPage + secret);

    /// <summary>The page for accepting an invite; its code follows the hash, too.</summary>
    public static string OfInvite(Uri portal, string code) => For(portal, "invite#code=" + code);
}
