using System.Security.Cryptography;
using Hutch.Agent.Survey;
using Hutch.Agent.Writing;
using Hutch.Datasets.Registry;
using Hutch.Types.Mapping;

namespace Hutch.Agent.Publishing;

/// <summary>Finds the dataset of a folder by the identity in its metadata file, wherever the folder was; makes a missing one.</summary>
internal sealed class DatasetFinder(
    FolderRecords records, FolderRegistrar registrar, CreationService creation, PublicationStates states, FolderSurvey survey,
    FolderTexts texts)
{
    /// <summary>In the details of a refusal: the other folder of the same identity.</summary>
    public const string DuplicateDetail = "folder";

    private const int NamesToTry = 3;
    private const int MaxInviteBytes = 4096;

    /// <summary>
    /// The dataset, its folder brought up to date. A refusal for a folder that must not be published: another has its identity, or the
    /// dataset is in the trash.
    /// </summary>
    public async Task<Result<FoundDataset>> FindAsync(Caller caller, FolderPlan plan, MappedMetadata mapped, CancellationToken ct)
    {
        var location = new FolderLocation(plan.Folder, plan.Identity);
        if (await records.WithIdentityAsync(plan.Identity, ct) is { } known)
        {
            return await KnownAsync(caller, plan, known, location, ct);
        }

        // A folder that was adopted before a rule watched it.
        SiteDataset? here = await records.InFolderAsync(plan.Folder, ct);
        if (here is not null && AdoptedFolder.Of(here) is not null)
        {
            return ErrorCode.Conflict.With($"it is adopted as '{here.Owner}/{here.Slug}'. Delete that dataset, or watch other folders.");
        }

        if (texts.Claim(plan.Folder) is { } claimed)
        {
            return claimed;
        }

        // The identity in the file was corrected: its block still names the dataset.
        if (here is not null && BlockNames(plan, here.Id))
        {
            return (await registrar.SetFolderAsync(here.Id, location, caller.Name, ct)).Then<FoundDataset>(set => new FoundDataset(set));
        }

        return await MakeAsync(caller, plan, mapped, location, ct);
    }

    private async Task<Result<FoundDataset>> KnownAsync(
        Caller caller, FolderPlan plan, SiteDataset known, FolderLocation location, CancellationToken ct)
    {
        if (known.TrashedUntil is not null)
        {
            return ErrorCode.InTrash.With(
                $"its dataset '{known.Owner}/{known.Slug}' is in the trash. Restore it, or remove '{plan.MetadataFile}'.");
        }

        bool isElsewhere = known.Folder != plan.Folder;
        if (isElsewhere && await CheckMovedAsync(plan, known, ct) is { } refusal)
        {
            return refusal;
        }

        // Not earlier: a copy of a folder includes its claim, and must not find one there already.
        if (texts.Claim(plan.Folder) is { } claimed)
        {
            return claimed;
        }

        if (!isElsewhere)
        {
            return new FoundDataset(known);
        }

        return (await registrar.SetFolderAsync(known.Id, location, caller.Name, ct)).Then<FoundDataset>(
            moved => new FoundDataset(moved) { MovedFrom = known.Folder });
    }

    /// <summary>
    /// Returns null for a moved folder: the earlier folder is missing or has another dataset's identity now, and the agent's own texts are
    /// here. An identity alone proves nothing: anyone who knows it could take over the dataset of others, even by mistake.
    /// </summary>
    private async Task<HutchError?> CheckMovedAsync(FolderPlan plan, SiteDataset known, CancellationToken ct)
    {
        string before = known.Folder!;
        FolderPlan? other = survey.Inspect(before).TryGet(out FolderFinding? finding, out _) ? finding.Plan : null;
        if (other is not null && (other.Identity == plan.Identity || BlockNames(other, known.Id)))
        {
            return BlockNames(plan, known.Id)
                ? ErrorCode.Conflict.With(DescribeDuplicate(plan, before), DuplicateDetail, before)
                : ErrorCode.Conflict.With(DescribeDuplicate(plan, before));
        }

        string was = $"'{plan.Rule.Options.IdentityKey}' is {Display.Quote(plan.Identity)}, which was that of {Display.Quote(before)}";
        if (other is null && finding is not null && SmallFile.FolderExists(before))
        {
            return ErrorCode.Conflict.With(
                $"{was}. That folder is still there, but its metadata file is gone or cannot be read: remove the folder if its files are "
                + "here now, or correct one of the two.");
        }

        BlockOptions block = plan.Rule.Options.Block;
        return BlockNames(plan, known.Id) || HasInvite(plan, await states.FindAsync(known.Id, ct))
            ? null
            : ErrorCode.Conflict.With(
                $"{was}. If this is the same folder, say so: write the id of its dataset '{known.Owner}/{known.Slug}' under "
                + $"'{block.Space}' into a block '{block.Name}'. If not, correct '{plan.Rule.Options.IdentityKey}'.");
    }

    public static string DescribeDuplicate(FolderPlan plan, string other) =>
        $"'{plan.Rule.Options.IdentityKey}' is {Display.Quote(plan.Identity)}, as in {Display.Quote(other)}: "
        + "two folders cannot be the same dataset. Correct it in one of them.";

    private async Task<Result<FoundDataset>> MakeAsync(
        Caller caller, FolderPlan plan, MappedMetadata mapped, FolderLocation location, CancellationToken ct)
    {
        // From the first commit on: were it noted later, a server that is stopped in between would wait for nothing to change for a day.
        var state = new PublicationState();
        IReadOnlyDictionary<string, string> settings = PublicationStates.ForNew(plan.IsRunning ? state.Running() : state);
        if (!plan.FindOwner().TryGet(out AccountName? owner, out HutchError? refusal))
        {
            return refusal;
        }

        Result<FoundDataset> made = default!;
        for (int attempt = 0; attempt < NamesToTry; attempt++)
        {
            var wanted = new RequestedDataset
            {
                Owner = owner,
                Slug = DatasetSlug.For(plan.Folder, attempt == 0 ? null : plan.Identity + attempt),
                Type = mapped.Type,
                Title = mapped.Title ?? TitleOf(plan.Folder),
                Folder = location,
                Settings = settings,
            };
            made = (await creation.CreateAsync(caller, wanted, ct)).Then<FoundDataset>(
                description => new FoundDataset(description.Record) { IsNew = true });
            if (made.IsOk || made.Error.Code != ErrorCode.AlreadyExists)
            {
                break;
            }
        }

        return made;
    }

    internal static string TitleOf(string folder) => new([.. Path.GetFileName(folder).Select(c => char.IsControl(c) ? ' ' : c)]);

    /// <summary>Returns true if the invite of a dataset is in a folder, or is not written anywhere yet: then no user can know it.</summary>
    private static bool HasInvite(FolderPlan plan, PublicationState state)
    {
        if (state.Invite is not { } invite || state.IsInviteUnwritten)
        {
            return true;
        }

        using MetadataFolder folder = MetadataFolder.Open(plan.Folder);
        return folder.Read(SideFile.Invite, MaxInviteBytes) is { } text && text.AsSpan().IndexOf(Encoding.UTF8.GetBytes(invite)) >= 0;
    }

    private static bool BlockNames(FolderPlan plan, DatasetId dataset) =>
        plan.InBlock(plan.Rule.Options.Block.Space) == dataset.ToString();
}

internal sealed record FoundDataset(SiteDataset Dataset)
{
    public bool IsNew { get; init; }

    /// <summary>The earlier path of its folder; null when it has not moved.</summary>
    public string? MovedFrom { get; init; }
}

/// <summary>Names of datasets after their folders.</summary>
internal static class DatasetSlug
{
    private const int SuffixCharacters = 6;

    /// <summary>A name like the folder's: lower case, hyphens for invalid characters; if taken, with a suffix made of a text.</summary>
    public static Slug For(string folder, string? distinguishing)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(distinguishing ?? folder)))[..SuffixCharacters];
        string suffix = distinguishing is null ? "" : "-" + hash;
        string name = new([.. Path.GetFileName(folder).Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-')]);
        string slug = string.Join('-', name.Split('-', StringSplitOptions.RemoveEmptyEntries));
        slug = slug[..Math.Min(slug.Length, Slug.MaxLength - suffix.Length)].TrimEnd('-') + suffix;
        return Slug.Parse(slug).TryGet(out Slug valid, out _) ? valid : Slug.Parse($"folder-{hash}").Value;
    }
}
