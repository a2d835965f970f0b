using Hutch.Datasets.Registry;
using Hutch.Site.Life.Quotas;
using Hutch.Site.Platform.Locks;
using Hutch.Site.Write.Folders;
using Hutch.Zone.Names;

namespace Hutch.Datasets.Facility;

/// <summary>Adopts existing folders of the server as datasets, in place, for operators.</summary>
/// <remarks>
/// Each dataset is made with its folder in one commit, and a later scan takes its files. So an adoption that is stopped anywhere has some
/// of its datasets, which the agent scans; the same request again makes the others.
/// </remarks>
public sealed class AdoptionService(SharedFacility facility, CreationService creation, DatasetNames names, OwnerQuotas quotas)
{
    private readonly KeyedLock<bool> _turns = new();

    /// <summary>Plans an adoption, and carries it out unless it is only to be planned.</summary>
    public async Task<Result<AdoptionOutcome>> AdoptAsync(Caller caller, AdoptionRequest request, CancellationToken ct)
    {
        // A plan sees the adoptions before it, so that no two of them overlap.
        using IDisposable? turn = request.IsPlanOnly ? null : await _turns.EnterAsync(true, ct);
        if (!Authorizer.Authorize(caller, Operation.FacilityManage).TryGet(out _, out HutchError? refusal)
            || !(await names.AuthorizeCreationAsync(caller, request.Owner, ct)).TryGet(out _, out refusal)
            || !(await facility.DoAsync(new PlanAdoption(request.Path, request.Each, request.IsStore), ct))
                .TryGet(out AdoptionPlan? plan, out refusal))
        {
            return refusal;
        }

        plan = await NameAsync(plan, request.Owner?.Value ?? caller.Name, ct);
        if (request.IsPlanOnly)
        {
            return new AdoptionOutcome(plan, IsDone: false);
        }

        if (plan.Refusals.Count > 0)
        {
            return ErrorCode.Unprocessable.With($"Nothing was adopted. {string.Join(' ', plan.Refusals)}");
        }

        return (await MakeAsync(caller, request, plan, ct)).TryGet(out AdoptionPlan? done, out refusal)
            && (await facility.DoAsync(new ScanAdoption(plan.Path), ct)).TryGet(out _, out refusal)
            ? new AdoptionOutcome(done, IsDone: true)
            : refusal;
    }

    /// <summary>Adds the owner, free names of the new datasets, and the refusal of a quota.</summary>
    private async Task<AdoptionPlan> NameAsync(AdoptionPlan plan, string owner, CancellationToken ct)
    {
        var parts = new List<AdoptionPart>(plan.Parts.Count);
        foreach (AdoptionPart part in plan.Parts)
        {
            bool isTaken = part.Dataset is null && await names.IsTakenAsync(owner, part.Name, ct);
            parts.Add(part.Dataset is null ? part with { Name = $"{owner}/{(isTaken ? part.OtherSlug : part.Name)}" } : part);
        }

        AdoptionPart[] added = [.. parts.Where(part => part.Dataset is null)];
        HutchError? tooMuch = await quotas.FindRefusalAsync(
            owner, added.Sum(part => part.Bytes), added.Sum(part => part.Entries), ct);
        return plan with
        {
            Parts = parts,
            Refusals = tooMuch is null ? plan.Refusals : [.. plan.Refusals, tooMuch.Message],
        };
    }

    private async Task<Result<AdoptionPlan>> MakeAsync(Caller caller, AdoptionRequest request, AdoptionPlan plan, CancellationToken ct)
    {
        var parts = new List<AdoptionPart>(plan.Parts.Count);
        foreach (AdoptionPart part in plan.Parts)
        {
            if (part.Dataset is not null)
            {
                parts.Add(part);
                continue;
            }

            var wanted = new RequestedDataset
            {
                Id = part.Id,
                Owner = request.Owner,
                Slug = Slug.Parse(part.Name[(part.Name.IndexOf('/', StringComparison.Ordinal) + 1)..]).Value,
                Title = part.Title,
                Folder = new FolderLocation(part.Folder, part.Identity),
            };
            if (!(await creation.CreateAsync(caller, wanted, ct)).TryGet(out DatasetDescription? made, out HutchError? refusal))
            {
                return refusal;
            }

            parts.Add(part with { Dataset = made.Record.Id });
        }

        return plan with { Parts = parts };
    }
}

public sealed record AdoptionRequest(string Path)
{
    /// <summary>The owner of new datasets; null for the caller.</summary>
    public AccountName? Owner { get; init; }

    /// <summary>A pattern of the folders below that become datasets, such as <c>*</c>; null for one dataset.</summary>
    public string? Each { get; init; }

    /// <summary>True for a RIA store, whose datasets become datasets with their ids.</summary>
    public bool IsStore { get; init; }

    public bool IsPlanOnly { get; init; }
}

/// <param name="IsDone">True if it was carried out: the folders are scanned now.</param>
public sealed record AdoptionOutcome(AdoptionPlan Plan, bool IsDone);
