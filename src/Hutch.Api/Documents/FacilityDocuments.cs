using Hutch.Datasets.Facility;

namespace Hutch.Api.Documents;

internal static class FacilityDocuments
{
    public static FacilityFolders From(FacilityPage page) => new()
    {
        Items = [.. page.Items.Select(From)],
        Next = page.Next,
        Counts = new FacilityCounts
        {
            All = page.All,
            Waiting = page.Counts[FacilityFolderState.Waiting],
            Acquiring = page.Counts[FacilityFolderState.Acquiring],
            Published = page.Counts[FacilityFolderState.Published],
            Attention = page.Counts[FacilityFolderState.Attention],
            Missing = page.Counts[FacilityFolderState.Missing],
        },
        Parents = [.. page.Parents.Select(From)],
    };

    public static AdoptionInfo From(AdoptionOutcome outcome) => new()
    {
        Folder = outcome.Plan.Path,
        Adopted = outcome.IsDone,
        Datasets = [.. outcome.Plan.Parts.Select(From)],
        Files = outcome.Plan.Files,
        Bytes = outcome.Plan.Bytes,
        HardLinks = outcome.Plan.FurtherNames,
        SparseFiles = outcome.Plan.SparseFiles,
        Links = outcome.Plan.Links,
        LinksLeadingOut = outcome.Plan.LinksLeadingOut,
        HashSeconds = outcome.Plan.HashSeconds,
        LeftOut = [.. outcome.Plan.LeftOut.Select(From)],
        Notices = outcome.Plan.Notices,
        Refusals = outcome.Plan.Refusals,
    };

    public static RetentionInfo From(FacilityRetention retention) => new()
    {
        Until = retention.Until,
        Limit = retention.Limit,
        Over = retention.IsOver,
        Acquiring = retention.IsAcquiring,
        Limited = retention.IsLimited,
    };

    public static FacilityFolderState? ParseState(string word) =>
        Enum.GetValues<FacilityFolderState>().Cast<FacilityFolderState?>().FirstOrDefault(state => NameOf(state!.Value) == word);

    public static IEnumerable<string> States => Enum.GetValues<FacilityFolderState>().Select(NameOf);

    private static FacilityFolderInfo From(FacilityFolder folder) => new()
    {
        Folder = folder.Folder,
        State = NameOf(folder.State),
        Dataset = folder.Dataset?.ToString(),
        Name = folder.Name,
        Identity = folder.Identity,
        Files = folder.Files,
        Bytes = folder.Bytes,
        BytesPerSecond = folder.BytesPerSecond,
        PendingHashes = folder.PendingHashes,
        PendingBytes = folder.Adoption is null ? null : folder.PendingBytes,
        HashedPerSecond = folder.Adoption is null ? null : folder.HashedPerSecond,
        Adoption = folder.Adoption,
        Changed = folder.Changed,
        KeepUntil = folder.KeepUntil,
        Problem = folder.Problem,
        Notices = folder.Notices,
    };

    private static AdoptedFolderInfo From(AdoptionPart part) => new()
    {
        Folder = part.Folder,
        Name = part.Name,
        Dataset = part.Dataset?.ToString(),
        Files = part.Files,
        Bytes = part.Bytes,
    };

    private static AdoptionOmissionInfo From(AdoptionOmission omission) => new()
    {
        Reason = omission.Reason,
        Count = omission.Count,
        Examples = omission.Examples,
    };

    private static FacilityParentInfo From(FacilityParent parent) => new()
    {
        Path = parent.Path,
        FileSystem = parent.FileSystem,
        Watch = parent.IsNotified ? "notified" : "polled",
        Notices = parent.Notices,
    };

    private static string NameOf(FacilityFolderState state) => state.ToString().ToLowerInvariant();
}
