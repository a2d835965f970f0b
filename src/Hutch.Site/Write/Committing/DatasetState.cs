namespace Hutch.Site.Write.Committing;

/// <summary>The actions that a dataset's state allows, and the errors for the others.</summary>
public static class DatasetState
{
    /// <summary>Returns the kind of a dataset: <c>original</c>, <c>derived</c> or <c>following</c>.</summary>
    public static string KindOf(SiteDataset dataset)
    {
        return dataset.Origin switch
        {
            DatasetOrigin.Derived => "derived",
            DatasetOrigin.Following => "following",
            _ => "original",
        };
    }

    /// <summary>Returns the state: <c>open</c>, <c>closed</c>, <c>trash</c> or <c>gone</c>.</summary>
    public static string NameOf(SiteDataset dataset) => dataset switch
    {
        { Ended: not null } => "gone",
        { TrashedUntil: not null } => "trash",
        { Closed: not null } => "closed",
        _ => "open",
    };

    /// <summary>Requires a dataset into which users may write.</summary>
    public static Result<SiteDataset> RequireWritable(SiteDataset dataset) => RequireOpen(dataset).Then<SiteDataset>(open =>
        open.Folder is null
            ? open
            : ErrorCode.FolderDataset.With(AdoptedFolder.Of(open) is { } adopted
                ? $"The files of dataset '{Name(open)}' are those in the adopted {(adopted.IsStore ? "RIA store" : "folder")} "
                    + $"{Display.Quote(adopted.IsStore ? adopted.Root : adopted.Folder)} of the server, and change only there."
                : $"The files of dataset '{Name(open)}' are those in a folder of the facility, and come and go only there."));

    /// <summary>Requires a dataset into which an author may write: the source of an adopted store, or a user.</summary>
    public static Result<SiteDataset> RequireWritable(SiteDataset dataset, string by) =>
        by == AdoptedFolder.Source && AdoptedFolder.Of(dataset) is { IsStore: true } ? RequireOpen(dataset) : RequireWritable(dataset);

    /// <summary>Requires a dataset that may change, by its users or by changes in the facility's folder.</summary>
    public static Result<SiteDataset> RequireOpen(SiteDataset dataset) => RequirePresent(dataset).Then<SiteDataset>(present =>
        present.Closed is null
            ? present
            : ErrorCode.DatasetClosed.With($"Dataset '{Name(present)}' is closed and can no longer change."));

    /// <summary>Requires a dataset whose bytes are here: neither in the trash nor gone.</summary>
    public static Result<SiteDataset> RequirePresent(SiteDataset dataset) => RequireNotGone(dataset).Then<SiteDataset>(here =>
        here.TrashedUntil is not long until
            ? here
            : InTrash(Name(here), DateTimeOffset.FromUnixTimeMilliseconds(until)));

    public static HutchError InTrash(string name, DateTimeOffset until) => ErrorCode.InTrash.With(
        $"Dataset '{name}' is in the trash until {Display.Minute(until)}.", "until", until.ToString("O"));

    public static HutchError NotInTrash(string name) =>
        ErrorCode.Unprocessable.With($"Only datasets in the trash can be purged. Delete {name} first.");

    public static Result<SiteDataset> RequireHome(SiteDataset dataset) =>
        dataset.Copy is null ? dataset : HomeRule.Refusal(dataset);

    /// <summary>Requires a dataset that may end at once at this site: a copy may only after it was deleted at its home.</summary>
    public static Result<SiteDataset> RequirePurgeable(SiteDataset dataset)
    {
        if (dataset is { Copy: null } or { TrashedUntil: not null } or { Ended: not null })
        {
            return dataset;
        }

        if (dataset.IsReleased)
        {
            return HomeRule.Moves;
        }

        if (dataset.IsRestoredHere)
        {
            return ErrorCode.Unprocessable.With(
                $"The copy of '{Name(dataset)}' was restored at this site. Delete it here first; then purge it.");
        }

        return HomeRule.OfCopy(
            dataset, ErrorCode.Unprocessable with { Advice = "Delete or purge it at its home; then purge its copies." },
            $"This site has a copy of '{Name(dataset)}', which was not deleted at its home.");
    }

    /// <summary>Requires a dataset whose bytes have not ended.</summary>
    public static Result<SiteDataset> RequireNotGone(SiteDataset dataset) => dataset.EndedWay switch
    {
        null => dataset,
        "purged" => ErrorCode.Gone.With($"Dataset '{Name(dataset)}' was purged: {dataset.EndedReason}. Only its record is left."),
        "expired" =>
            ErrorCode.Gone.With($"Dataset '{Name(dataset)}' was temporary and has expired. Only its record is left."),
        _ => ErrorCode.Gone.With($"Dataset '{Name(dataset)}' was deleted and has expired in the trash. Only its record is left."),
    };

    public static Result<SiteDataset> RequireClosed(SiteDataset dataset) => RequirePresent(dataset).Then<SiteDataset>(present =>
        present.Closed is not null
            ? present
            : (ErrorCode.DatasetOpen with { Advice = $"Close it first: `hutch close {present.Slug}`." }).With(
                $"Dataset '{Name(present)}' is still open."));

    private static string Name(SiteDataset dataset) => dataset.Owner + "/" + dataset.Slug;
}
