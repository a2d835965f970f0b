using Hutch.Zone.Grants;

namespace Hutch.Datasets.Registry;

/// <summary>Requests to read datasets, without those whose datasets are no longer there.</summary>
public sealed class AccessRequestService(AccessRequests requests, HeadReader heads)
{
    /// <inheritdoc cref="AccessRequests.RequestAsync"/>
    public async Task<Result<AccessRequestDetails>> RequestAsync(Caller caller, DatasetId id, string text, CancellationToken ct)
    {
        Result<AccessRequestDetails> asked = await requests.RequestAsync(caller, id, text, ct);
        if (asked.IsOk && await FindLossAsync(id, ct) is { } loss)
        {
            _ = await requests.WithdrawAsync(caller, id, ct);
            return loss;
        }

        return asked;
    }

    /// <inheritdoc cref="AccessRequests.WithdrawAsync"/>
    public async Task<Result<Done>> WithdrawAsync(Caller caller, DatasetId id, CancellationToken ct) =>
        await requests.WithdrawAsync(caller, id, ct);

    /// <summary>The caller's own requests, or those that it may answer.</summary>
    public async Task<Result<IReadOnlyList<AccessRequestDetails>>> ListAsync(Caller caller, bool own, CancellationToken ct)
    {
        Result<IReadOnlyList<AccessRequestDetails>> all =
            own ? await requests.ListOwnAsync(caller, ct) : await requests.ListReceivedAsync(caller, ct);
        if (!all.IsOk)
        {
            return all;
        }

        var present = new List<AccessRequestDetails>();
        foreach (AccessRequestDetails request in all.Value)
        {
            if (await FindLossAsync(request.Request.Dataset, ct) is null)
            {
                present.Add(request);
            }
        }

        return Result<IReadOnlyList<AccessRequestDetails>>.Ok(present);
    }

    /// <inheritdoc cref="AccessRequests.ListAsync(Caller, DatasetId, CancellationToken)"/>
    public async Task<Result<IReadOnlyList<AccessRequestDetails>>> ListAsync(Caller caller, DatasetId id, CancellationToken ct) =>
        await requests.ListAsync(caller, id, ct);

    /// <inheritdoc cref="AccessRequests.GrantAsync"/>
    public async Task<Result<GrantRecord>> GrantAsync(Caller caller, DatasetId id, string user, Rights right, CancellationToken ct) =>
        await requests.GrantAsync(caller, id, user, right, ct);

    /// <inheritdoc cref="AccessRequests.DenyAsync"/>
    public async Task<Result<Done>> DenyAsync(Caller caller, DatasetId id, string user, CancellationToken ct) =>
        await requests.DenyAsync(caller, id, user, ct);

    /// <summary>Returns the reason that access is impossible for every user; null while the dataset is here, or at another site.</summary>
    private async Task<HutchError?> FindLossAsync(DatasetId id, CancellationToken ct) =>
        await heads.DatasetAsync(id, ct) is { IsOk: true } dataset ? DatasetState.RequirePresent(dataset.Value).Error : null;
}
