using Hutch.Site.Engines;
using Hutch.Site.Life.Quotas;
using Hutch.Zone.Accounts;

namespace Hutch.Datasets.Upkeep;

/// <summary>The stored bytes and the processor time of programs by owner, and their limits.</summary>
public sealed class StorageService(AccountService accounts, OwnerQuotas quotas, RunBudgets budgets, IStoredFiles files)
{
    private const int MaxDays = 3660;

    private const double MaxCoreHours = 1e9;

    /// <summary>The whole site, its owners, and their history.</summary>
    public async Task<Result<SiteStorage>> ReadAsync(Caller caller, int days, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.StorageRead);
        if (!allowed.IsOk)
        {
            return allowed.Error;
        }

        IReadOnlyList<QuotaStatus> owners = await ListAsync(ct);
        IReadOnlyList<DayUsage> history = days == 0 ? [] : await quotas.HistoryAsync(Math.Min(days, MaxDays), ct);
        (int count, long bytes) = files.Stored;
        return new SiteStorage(bytes, count, files.Space.FreeBytes, owners, history);
    }

    /// <summary>
    /// Returns the usage and quota of an owner: for itself, the members of a group, and users that see the state of the site.
    /// </summary>
    public async Task<Result<QuotaStatus>> FindAsync(Caller caller, string owner, CancellationToken ct)
    {
        Result<PrincipalRecord> principal = await accounts.FindPrincipalAsync(owner, ct);
        bool isOwn = principal.IsOk && caller.IsUser && (caller.UserId == principal.Value.Id || caller.IsMemberOf(principal.Value.Id));
        Result<Done> allowed = Authorizer.Authorize(caller, isOwn ? Operation.MeRead : Operation.StorageRead);
        if (!allowed.IsOk || !principal.IsOk)
        {
            return allowed.Error ?? principal.Error!;
        }

        return await FindAsync(principal.Value.Name, ct);
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
        return await FindAsync(name, ct);
    }

    /// <summary>Sets the budget of processor time of an owner.</summary>
    /// <param name="coreHours">The most hours, each of one core; null for no limit.</param>
    public async Task<Result<QuotaStatus>> SetBudgetAsync(
        Caller caller, string owner, double? coreHours, bool isMonthly, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.QuotaChange);
        Result<PrincipalRecord> principal = allowed.IsOk ? await accounts.FindPrincipalAsync(owner, ct) : allowed.Error;
        if (!principal.IsOk)
        {
            return principal.Error;
        }

        if (FindRefusal(coreHours) is { } wrong)
        {
            return wrong;
        }

        string name = principal.Value.Name;
        long? seconds = coreHours is { } hours ? (long)Math.Round(hours * 3600) : null;
        if ((await budgets.SetAsync(name, seconds, isMonthly, caller.Name, ct)).Error is { } failed)
        {
            return failed;
        }

        string words = string.Create(
            CultureInfo.InvariantCulture, $"core hours {(coreHours is null ? "any" : $"{coreHours}{(isMonthly ? " a month" : "")}")}");
        await accounts.AuditAsync(caller, Operation.QuotaChange, "owner:" + name, words, ct);
        return await FindAsync(name, ct);
    }

    /// <summary>Returns the refusal of a budget that is no number of hours; null for one that can be set.</summary>
    public static HutchError? FindRefusal(double? coreHours) => coreHours is null or (>= 0 and <= MaxCoreHours) ? null
        : ErrorCode.BadRequest.With($"A budget must be 0 to {MaxCoreHours:0} core hours; omit it for no limit.");

    private async ValueTask<QuotaStatus> FindAsync(string name, CancellationToken ct)
    {
        (OwnerQuota? quota, OwnerUsage usage) = await quotas.FindAsync(name, ct);
        (ProcessorBudget? budget, ProcessorUse use) = await budgets.FindAsync(name, ct);
        return new QuotaStatus(usage, quota, use, budget);
    }

    /// <summary>Lists the owners with data, with a use of processor time, or with a limit.</summary>
    private async ValueTask<IReadOnlyList<QuotaStatus>> ListAsync(CancellationToken ct)
    {
        Dictionary<string, (OwnerQuota? Quota, OwnerUsage Usage)> stored = (await quotas.ListAsync(ct))
            .ToDictionary(static one => one.Usage.Owner, StringComparer.Ordinal);
        Dictionary<string, (ProcessorBudget? Budget, ProcessorUse Use)> used = (await budgets.ListAsync(ct))
            .ToDictionary(static one => one.Use.Owner, StringComparer.Ordinal);
        return
        [
            .. stored.Keys.Union(used.Keys).Order(StringComparer.Ordinal).Select(owner => new QuotaStatus(
                stored.GetValueOrDefault(owner).Usage ?? new OwnerUsage(owner, 0, 0, 0), stored.GetValueOrDefault(owner).Quota,
                used.GetValueOrDefault(owner).Use ?? new ProcessorUse(owner, 0, 0, 0), used.GetValueOrDefault(owner).Budget)),
        ];
    }

    private static string Text(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "any";
}
