using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Model.Zone;
using Hutch.Site.Quotas;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Names;

namespace Hutch.Datasets.Registry;

/// <summary>Gives datasets to other owners, for callers who may.</summary>
public sealed class OwnershipService
{
    private readonly DatasetDescriber _describer;
    private readonly DatasetNames _names;
    private readonly NameReconciler _reconciler;
    private readonly AccountService _accounts;
    private readonly OwnerQuotas _quotas;

    internal OwnershipService(
        DatasetDescriber describer, DatasetNames names, NameReconciler reconciler, AccountService accounts, OwnerQuotas quotas)
    {
        _describer = describer;
        _names = names;
        _reconciler = reconciler;
        _accounts = accounts;
        _quotas = quotas;
    }

    /// <summary>Gives a dataset to another owner. The answer is what the caller may still see.</summary>
    public async Task<Result<DatasetDescription>> ChangeOwnerAsync(Caller caller, DatasetId id, string owner, CancellationToken ct)
    {
        if (!AccountName.Parse(owner).TryGet(out AccountName name, out HutchError? refusal)
            || !(await _describer.DescribeAsync(caller, id, Operation.OwnerChange, ct)).TryGet(out DatasetDescription? before, out refusal)
            || (refusal = await _quotas.FindRefusalAsync(id, name.Value, ct)) is not null
            || !(await _names.ChangeOwnerAsync(caller, id, name, ct)).TryGet(out NameRecord? given, out refusal)
            || !(await _reconciler.TellAsync(given, caller.Name, ct)).TryGet(out _, out refusal))
        {
            return refusal;
        }

        Result<DatasetDescription> after = await _describer.DescribeAsync(caller, id, Operation.DatasetView, ct);
        return after.IsOk ? after : before with { Name = given, Rights = Rights.None };
    }

    /// <summary>
    /// Gives everything of an account to a user or a group (<see cref="AccountService.HandOverAsync"/>), and tells the site the new names.
    /// What a crash left unsent is sent after the next start.
    /// </summary>
    public async Task<Result<HandOverOutcome>> HandOverAsync(Caller caller, string from, string to, CancellationToken ct)
    {
        Result<HandOverOutcome> done = await _accounts.HandOverAsync(caller, from, to, ct);
        foreach (NameRecord name in done.IsOk ? done.Value.Datasets : [])
        {
            Result<SiteDataset> told = await _reconciler.TellAsync(name, caller.Name, CancellationToken.None);
            if (!told.IsOk && told.Error.Code.Status >= 500)
            {
                return told.Error;
            }
        }

        return done;
    }
}
