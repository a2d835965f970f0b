namespace Hutch.Datasets.Analyses;

/// <summary>Opens the results of analyses, for callers with the right to read them.</summary>
public sealed class ResultService
{
    private readonly Authenticator _authenticator;
    private readonly Authorizer _authorizer;
    private readonly HeadReader _heads;
    private readonly RunRegistry _runs;
    private readonly ResultReader _results;
    private readonly TimeProvider _time;

    internal ResultService(
        Authenticator authenticator, Authorizer authorizer, HeadReader heads, RunRegistry runs, ResultReader results, TimeProvider time)
    {
        (_authenticator, _authorizer, _heads, _runs, _results) = (authenticator, authorizer, heads, runs, results);
        _time = time;
    }

    /// <param name="run">The run; null for all runs.</param>
    /// <param name="skip">The number of rows that the caller has already.</param>
    /// <param name="follow">True to continue until the run, or all runs, ended.</param>
    public async Task<Result<ResultStream>> OpenAsync(
        Caller caller, DatasetId id, Guid? run, long skip, bool follow, CancellationToken ct)
    {
        Result<Access> access = await _authorizer.AuthorizeAsync(caller, id, Operation.EntryRead, ct);
        if (!access.IsOk)
        {
            return access.Error;
        }

        if (!(await _heads.DatasetAsync(id, ct)).Then(DatasetState.RequirePresent)
            .TryGet(out SiteDataset? dataset, out HutchError? refusal))
        {
            return refusal;
        }

        if (run is Guid known && (await _runs.GetAsync(known, ct) is not { IsOk: true } found || !found.Value.Outputs.Contains(id)))
        {
            return ErrorCode.NotFound.With($"No run {known:N} writes to '{access.Value.Dataset.FullName}'.");
        }

        return new ResultStream(_results, _runs, _authenticator, _authorizer, caller, dataset, run, skip, follow, _time);
    }
}
