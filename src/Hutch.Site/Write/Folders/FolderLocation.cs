using Hutch.Site.Write.Committing;

namespace Hutch.Site.Write.Folders;

/// <summary>The facility's folder in which the files of a dataset stay.</summary>
/// <param name="Path">Absolute path on the machine of the site.</param>
/// <param name="Identity">
/// An identity that stays the same when the folder is renamed or moved; only one dataset can have it. Null for none.
/// </param>
public sealed record FolderLocation(string Path, string? Identity)
{
    /// <summary>Gives a dataset this folder, as part of a larger decision: an empty dataset, or one whose folder was moved.</summary>
    internal Result<SiteDataset> Give(CommitContext context, SiteDataset dataset, string by)
    {
        if (dataset.Folder is null && (dataset.Closed is not null || !dataset.Root.IsEmpty || context.Queries.HasOverlay(dataset.Key)))
        {
            return ErrorCode.Conflict.With(
                $"'{dataset.Owner}/{dataset.Slug}' has files already, so that it cannot become a folder of the facility.");
        }

        if (Identity is not null && context.Queries.DatasetOfFolderIdentity(Identity) is { } other && other.Id != dataset.Id)
        {
            return ErrorCode.Conflict.With(
                $"'{other.Owner}/{other.Slug}' has the identity {Display.Quote(Identity)} already. Only one dataset can have it.");
        }

        if (dataset.Folder != Path || dataset.FolderIdentity != Identity)
        {
            context.Emit(new JournalRecord.FolderSet(dataset.Id, Path, Identity, by));
        }

        return context.Dataset(dataset.Id);
    }
}
