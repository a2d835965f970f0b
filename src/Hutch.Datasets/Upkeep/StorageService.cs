using System.Globalization;
using Hutch.Model;
using Hutch.Model.Contracts;
using Hutch.Model.Site;
using Hutch.Model.Zone;
using Hutch.Site.Engines;
using Hutch.Site.Quotas;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;

namespace Hutch.Datasets.Upkeep;

/// <summary>What is stored, by owner, and how much owners may store.</summary>
public sealed class StorageService(AccountService accounts, OwnerQuotas quotas, IStoredFiles files)
{
    private const int MaxDays = 3660;

    /// <summary>The whole site, its owners, and their history.</summary>
    public async Task<Result<StorageInfo>> ReadAsync(Caller caller, int days, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.StorageRead);
        if (!allowed.IsOk)
        {
            return allowed.Error;
        }

        OwnerStorage[] owners = [.. (await quotas.ListAsync(ct)).Select(one => ToStorage(one.Quota, one.Usage))];
        IReadOnlyList<DayUsage> history = days == 0 ? [] : await quotas.HistoryAsync(Math.Min(days, MaxDays), ct);
        return new StorageInfo
        {
            Total = new StorageTotal
            {
                Bytes = files.Bytes,
                Logical = owners.Sum(owner => owner.Bytes),
                Segments = files.Count,
                Free = files.Space.FreeBytes,
            },
            Owners = owners,
            History =
                [.. history.Select(day => new OwnerDay { Day = day.Day, Owner = day.Owner, Bytes = day.Bytes, Entries = day.Entries })],
        };
    }

    /// <summary>What an owner holds and may: for itself, the members of a group, and those who see the state of the site.</summary>
    public async Task<Result<OwnerStorage>> FindAsync(Caller caller, string owner, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        Result<PrincipalRecord> principal = await accounts.FindPrincipalAsync(owner, ct);
        bool isOwn = principal.IsOk && caller.IsUser && (caller.UserId == principal.Value.Id || caller.IsMemberOf(principal.Value.Id));
        Result<Done> allowed = Authorizer.Authorize(caller, isOwn ? Operation.MeRead : Operation.StorageRead);
        if (!allowed.IsOk || !principal.IsOk)
        {
            return allowed.Error ?? principal.Error!;
        }

        (OwnerQuota? quota, OwnerUsage usage) = await quotas.FindAsync(principal.Value.Name, ct);
        return ToStorage(quota, usage);
    }

    public async Task<Result<OwnerStorage>> SetAsync(Caller caller, string owner, SetQuota wanted, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.QuotaChange);
        Result<PrincipalRecord> principal = allowed.IsOk ? await accounts.FindPrincipalAsync(owner, ct) : allowed.Error;
        if (!principal.IsOk)
        {
            return principal.Error;
        }

        if (wanted.Bytes < 0 || wanted.Entries < 0)
        {
            return ErrorCode.BadRequest.With("A quota must be 0 or more bytes and 0 or more entries; omit a value for no limit.");
        }

        string name = principal.Value.Name;
        Result<OwnerQuota> set = await quotas.SetAsync(new OwnerQuota(name, wanted.Bytes, wanted.Entries), caller.Name, ct);
        if (!set.IsOk)
        {
            return set.Error;
        }

        string words = string.Create(CultureInfo.InvariantCulture, $"bytes {Text(wanted.Bytes)}, entries {Text(wanted.Entries)}");
        await accounts.NoteAsync(caller, Operation.QuotaChange, "owner:" + name, words, ct);
        return ToStorage(set.Value, (await quotas.FindAsync(name, ct)).Usage);
    }

    private static string Text(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "any";

    private static OwnerStorage ToStorage(OwnerQuota? quota, OwnerUsage usage) => new()
    {
        Owner = usage.Owner,
        Bytes = usage.Bytes,
        Entries = usage.Entries,
        Datasets = usage.Datasets,
        QuotaBytes = quota?.Bytes,
        QuotaEntries = quota?.Entries,
    };
}
