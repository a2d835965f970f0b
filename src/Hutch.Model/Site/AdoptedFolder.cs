namespace Hutch.Model.Site;

/// <summary>
/// An existing folder that an operator made a dataset by request, without a metadata file. The identity of its dataset says so: an adoption
/// is nothing but its datasets, and has no record of its own.
/// </summary>
/// <param name="Root">The absolute path that was adopted, links resolved.</param>
/// <param name="Folder">The absolute path of the dataset's files: the root, or a folder below it.</param>
public sealed record AdoptedFolder(string Root, string Folder)
{
    /// <summary>The beginning of each such identity, and of no other.</summary>
    public const string Prefix = "adopted:";

    private const string Separator = "//"; // in no path whose links are resolved

    /// <summary>The identity of the dataset's folder.</summary>
    public string Identity => Prefix + Root + Separator + Folder[Root.Length..].TrimStart('/');

    /// <summary>Returns the adopted folder of a dataset; null for any other dataset.</summary>
    public static AdoptedFolder? Of(SiteDataset dataset)
    {
        if (dataset is not { Folder: { } folder, FolderIdentity: { } identity } || !identity.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        int end = identity.IndexOf(Separator, StringComparison.Ordinal);
        return end < 0 ? null : new AdoptedFolder(identity[Prefix.Length..end], folder);
    }
}
