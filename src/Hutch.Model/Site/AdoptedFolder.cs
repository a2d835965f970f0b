using Hutch.Model.Annex;

namespace Hutch.Model.Site;

/// <summary>
/// An existing folder that an operator made a dataset by request, without a metadata file, or a dataset of a RIA store. The identity of its
/// dataset says so: an adoption is nothing but its datasets, and has no record of its own.
/// </summary>
/// <param name="Root">The absolute path that was adopted, links resolved.</param>
/// <param name="Folder">
/// The absolute path of the dataset's files: the root, or a folder below it. Of a dataset in a store, the folder of its keys.
/// </param>
public sealed record AdoptedFolder(string Root, string Folder)
{
    /// <summary>The beginning of each such identity, and of no other.</summary>
    public const string Prefix = "adopted:";

    /// <summary>The author of what a store brings into its datasets. No account has such a name.</summary>
    public const string Source = ":source";

    private const string Separator = "//"; // in no path whose links are resolved
    private const string StoreMark = "ria:"; // a path begins with a slash

    /// <summary>True for a dataset of a RIA store: its folder has the keys of git-annex, and its files are those of its commits.</summary>
    public bool IsStore { get; init; }

    /// <summary>The identity of the dataset's folder.</summary>
    public string Identity => Prefix + (IsStore ? StoreMark : "") + Root + Separator + Folder[Root.Length..].TrimStart('/');

    /// <summary>The bare repository of a dataset in a store.</summary>
    public string Repository => RepositoryOf(Folder);

    public static AdoptedFolder InStore(string root, DatasetId id) =>
        new(root, $"{root}/{RiaLayout.PathOf(id)}/{RiaLayout.KeyFolder}") { IsStore = true };

    /// <summary>Returns the bare repository of a dataset in a store.</summary>
    /// <param name="keyFolder">The folder of its keys.</param>
    public static string RepositoryOf(string keyFolder) => keyFolder[..^(RiaLayout.KeyFolder.Length + 1)];

    /// <summary>Returns true for the identity of a dataset in an adopted store.</summary>
    public static bool IsOfStore(string? identity) => identity?.StartsWith(Prefix + StoreMark, StringComparison.Ordinal) == true;

    /// <summary>Returns the adopted folder of a dataset; null for any other dataset.</summary>
    public static AdoptedFolder? Of(SiteDataset dataset)
    {
        if (dataset is not { Folder: { } folder, FolderIdentity: { } identity } || !identity.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        bool isStore = IsOfStore(identity);
        int begin = Prefix.Length + (isStore ? StoreMark.Length : 0);
        int end = identity.IndexOf(Separator, StringComparison.Ordinal);
        return end < begin ? null : new AdoptedFolder(identity[begin..end], folder) { IsStore = isStore };
    }
}
