using Hutch.Site.Replication.Evicting;
using Hutch.Zone.Replication.Copies;
using Hutch.Zone.Replication.Homes;

namespace Hutch.Datasets.Replication.Sites;

/// <summary>
/// Lists the copies of datasets, for callers with the right to read them; changes their number, for callers that manage them.
/// </summary>
public sealed class CopyService(
    CopyRegistry copies, HomeRegistry homes, LostHomes losses, Evictions evictions, ISiteSigner signer, ISiteNetwork? network,
    TimeProvider time)
{
    /// <inheritdoc cref="HomeRegistry.RequestAsync"/>
    public async Task<Result<DatasetCopies>> MoveHomeAsync(
        Caller caller, DatasetId dataset, string site, bool isForced, CancellationToken ct)
    {
        Result<Done> asked = await homes.RequestAsync(caller, dataset, site, network?.Name, isForced, ct);
        return asked.IsOk ? await ListAsync(caller, dataset, ct) : asked.Error;
    }

    /// <inheritdoc cref="LostHomes.DeclareAsync"/>
    public async Task<Result<DatasetCopies>> LoseHomeAsync(Caller caller, DatasetId dataset, string site, CancellationToken ct)
    {
        Result<Done> declared = network is { } sites
            ? await losses.DeclareAsync(
                caller, dataset, site, sites.Name, id => sites.ContactOf(id) is { IsConnected: true }, await signer.SealAsync(ct), ct)
            : ErrorCode.Unprocessable.With("This server has no other sites.");

        // This operation needs no right on the dataset; the caller still sees the result.
        return declared.IsOk ? (await copies.ShowAsync(dataset, ct)).Then(At) : declared.Error;
    }

    /// <inheritdoc cref="CopyRegistry.RequestAsync"/>
    public async Task<Result<DatasetCopies>> RequestAsync(Caller caller, DatasetId dataset, string site, CancellationToken ct) =>
        await FindEvictedAsync(caller, dataset, ct) is { } evicted
            ? evicted
            : (await copies.RequestAsync(caller, dataset, site, network?.Name, ct)).Then(At);

    /// <summary>Refuses a copy of bytes that only a program has, to those who may know of it.</summary>
    private async ValueTask<HutchError?> FindEvictedAsync(Caller caller, DatasetId dataset, CancellationToken ct) =>
        (await copies.ListAsync(caller, dataset, ct)).IsOk && await evictions.FindAsync(dataset, ct) is { Copy: null } here
            ? RelianceRule.FindEvicted(here, null)
            : null;

    /// <inheritdoc cref="CopyRegistry.WithdrawAsync"/>
    public async Task<Result<DatasetCopies>> WithdrawAsync(Caller caller, DatasetId dataset, string site, CancellationToken ct) =>
        (await copies.WithdrawAsync(caller, dataset, site, network?.Name, ct)).Then(At);

    /// <inheritdoc cref="CopyRegistry.ListAsync"/>
    public async Task<Result<DatasetCopies>> ListAsync(Caller caller, DatasetId dataset, CancellationToken ct) =>
        (await copies.ListAsync(caller, dataset, ct)).Then(At);

    /// <inheritdoc cref="CopyRegistry.OnTheWayAsync"/>
    public async Task<Result<MovingCopies>> OnTheWayAsync(Caller caller, int limit, CancellationToken ct) =>
        (await copies.OnTheWayAsync(caller, limit, ct)).Then<MovingCopies>(
            coming => new MovingCopies(coming.Count, [.. coming.Copies.Select(Describe)]));

    /// <inheritdoc cref="CopyRegistry.ListFailedAsync"/>
    /// <returns>Nothing at a site that has joined a zone, which alone knows the copies.</returns>
    public async Task<Result<IReadOnlyList<MovingCopy>>> ListFailedAsync(Caller caller, int limit, CancellationToken ct) =>
        network?.Zone is not null
            ? Result<IReadOnlyList<MovingCopy>>.Ok([])
            : (await copies.ListFailedAsync(caller, limit, ct)).Then(
                failed => Result<IReadOnlyList<MovingCopy>>.Ok([.. failed.Select(Describe)]));

    private MovingCopy Describe(IncomingCopy one) => new(one.Name.Dataset, one.Name.FullName, NameOf(one.Home), Name(one.Copy));

    private Result<DatasetCopies> At(DatasetSites sites) => new DatasetCopies(
        NameOf(sites.Home), sites.Epoch, sites.Epoch.NextId is null ? null : NameOf(sites.Next), [.. sites.Copies.Select(Name)])
    {
        Here = NameOf(null),

        // With other sites, the site at the zone can have a copy of a dataset whose home is one of them.
        Others =
        [
            .. sites is { Home: not null, Others.Count: > 0 } ? [NameOf(null)] : Array.Empty<string>(),
            .. sites.Others.Select(NameOf),
        ],
    };

    private NamedCopy Name(CopyAtSite copy) => new(NameOf(copy.Site), copy.Copy, copy.Copy.Left(time.GetUtcNow()));

    private string NameOf(SiteRecord? site) => site?.Name ?? signer.Name;
}

/// <param name="Home">The site that orders its writes.</param>
public sealed record DatasetCopies(string Home, HomeRecord Epoch, string? Next, IReadOnlyList<NamedCopy> Copies)
{
    /// <summary>The responding site.</summary>
    public required string Here { get; init; }

    /// <summary>The sites that can be asked for a copy; for callers that manage the dataset.</summary>
    public required IReadOnlyList<string> Others { get; init; }
}

/// <param name="Copies">The first of them.</param>
public sealed record MovingCopies(long Count, IReadOnlyList<MovingCopy> Copies);

public sealed record MovingCopy(DatasetId Dataset, string Name, string Home, NamedCopy Copy);

/// <param name="Left">The time until it is complete; null where it is not known.</param>
public sealed record NamedCopy(string Site, CopyRecord Copy, TimeSpan? Left);
