using Hutch.Site.Engines;
using Hutch.Site.Life.Quotas;
using Hutch.Zone.Accounts;

namespace Hutch.Datasets.Upkeep;

/// <summary>The stored bytes by owner, and the quotas.</summary>
public sealed class StorageService(AccountService accounts, OwnerQuotas quotas, IStoredFiles files)
{
    private const int MaxDays = 3660;

    /// <summary>The whole site, its owners, and their history.</summary>
    public async Task<Result<SiteStorage>> ReadAsync(Caller caller, int days, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.StorageRead);
        if (!allowed.IsOk)
        {
            return allowed.Error;
        }

        QuotaStatus[] owners = [.. (await quotas.ListAsync(ct)).Select(one => new QuotaStatus(one.Usage, one.Quota))];
        IReadOnlyList<DayUsage> history = days == 0 ? [] : await quotas.HistoryAsync(Math.Min(days, MaxDays), ct);
        (int count, long bytes) = files.Stored;
        return new SiteStorage(bytes, count, files.Space.FreeBytes, owners, history);
    }

    /// <summary>
    /// Returns the usage and quota of an owner: for itself, the members of a group, and users that see the state of the site.
    /// </summary>
    public async Task<Result<QuotaStatus>> FindAsync(Caller caller, string owner, CancellationToken ct)
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
        return new QuotaStatus(usage, quota);
    }

    public async Task<Result<QuotaStatus>> SetAsync(Caller caller, string owner, long? bytes, long? entries, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.QuotaChange);
        Result<PrincipalRecord> principal = allowed.IsOk ? await accounts.FindPrincipalAsync(owner, ct) : allowed.Error;
        if (!principal.IsOk)
        {
            return principal.Error;
        }

        if (bytes < 0 || entries < 0)
        {
            return ErrorCode.BadRequest.With("A quota must be 0 or more bytes and 0 or more entries; omit a value for no limit.");
        }

        string name = principal.Value.Name;
        Result<OwnerQuota> set = await quotas.SetAsync(new OwnerQuota(name, bytes, entries), caller.Name, ct);
        if (!set.IsOk)
        {
            return set.Error;
        }

        string words = string.Create(CultureInfo.InvariantCulture, $"bytes {Text(bytes)}, entries {Text(entries)}");
        await accounts.AuditAsync(caller, Operation.QuotaChange, "owner:" + name, words, ct);
        return new QuotaStatus((await quotas.FindAsync(name, ct)).Usage, set.Value);
    }

    private static string Text(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "any";
}
