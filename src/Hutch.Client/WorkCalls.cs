using System.Runtime.CompilerServices;
using Hutch.Client.Http;
using Hutch.Model.Analyses;

namespace Hutch.Client;

/// <summary>Analyses, results, quotas, the audit and the jobs of the site.</summary>
public static class WorkCalls
{
    extension(HutchClient client)
    {
        /// <summary>The server's analysis steps, the default first.</summary>
        public IAsyncEnumerable<StepDeclaration> ListAnalysisStepsAsync(CancellationToken ct = default) =>
            client.ListAsync(RestCalls.Analyses.ListSteps.At(), ct);

        /// <summary>Starts the analysis of every frame of a dataset, or gives the run that does or did the same work.</summary>
        public Task<AnalysisInfo> StartAnalysisAsync(DatasetId id, StartAnalysis analysis, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Analyses.Start.At(id), analysis, ct);

        /// <summary>Makes a dataset of the frames whose rows in a run match a condition.</summary>
        public Task<SelectionInfo> SelectFramesAsync(string run, SelectFrames wanted, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Analyses.Select.At(run), wanted, ct);

        /// <summary>The result rows of a run as they arrive, until it is finished; then how it ended, as the last item.</summary>
        public async IAsyncEnumerable<(ResultRow? Row, ResultsEnd? End)> FollowResultsAsync(
            DatasetId id, string? run, long? after, bool follow, [EnumeratorCancellation] CancellationToken ct = default)
        {
            using HttpResponseMessage response = await client.OpenAsync(
                RestCalls.Analyses.FollowResults.At(id).With("run", run).With("after", after).With("follow", follow), ct);
            await using Stream body = await response.Content.ReadAsStreamAsync(ct);
            ResultsEnd? end = null;
            await foreach (ResultLine line in client.Shielded(LineReader.ReadResultsAsync(body, ct)))
            {
                end = line.End ?? end;
                yield return (line.Row, line.End);
            }

            LineReader.CheckEnd(end?.End, end?.Problem);
        }

        /// <summary>Runs of programs that the caller may see, newest first.</summary>
        /// <param name="dataset">Only those that read or wrote this dataset.</param>
        /// <param name="owner">Only those that read or wrote a dataset of this user or group.</param>
        public IAsyncEnumerable<RunInfo> ListRunsAsync(DatasetId? dataset, string? owner = null, CancellationToken ct = default) =>
            client.ListAsync(RestCalls.Runs.List.At().With("dataset", dataset).With("owner", owner), ct);

        public Task<RunInfo> GetRunAsync(string run, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Runs.Find.At(run), ct);

        /// <summary>The datasets and runs around a dataset.</summary>
        public Task<Lineage> GetLineageAsync(DatasetId dataset, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Runs.FindLineage.At(dataset), ct);

        /// <summary>Queues, workers, runs and captures at this moment.</summary>
        public Task<LiveInfo> GetLiveAsync(CancellationToken ct = default) => client.CallAsync(RestCalls.Activity.ReadLive.At(), ct);

        /// <summary>Records that a run has begun that the caller carries out.</summary>
        public Task<RunInfo> StartRunAsync(StartRun run, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Runs.Start.At(), run, ct);

        public Task<RunInfo> FinishRunAsync(string run, FinishRun end, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Runs.Finish.At(run), end, ct);

        /// <summary>Stops a run. Written results stay.</summary>
        public Task StopRunAsync(string run, CancellationToken ct = default) => client.DoAsync(RestCalls.Runs.Stop.At(run), ct);

        public Task<JobInfo> StartJobAsync(StartJob job, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Jobs.Start.At(), job, ct);

        /// <summary>Returns the engine of the site, its state, and the servers that share it.</summary>
        public Task<EngineInfo> GetEngineAsync(CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Storage.FindEngine.At(), ct);

        /// <summary>Returns the site's stored bytes by owner, with a history of the given number of days.</summary>
        public Task<StorageInfo> GetStorageAsync(int days, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Storage.FindUse.At().With("days", days), ct);

        /// <summary>Returns what can be freed at this site, of the datasets that the caller manages.</summary>
        /// <param name="owner">The only owner to list; null for all.</param>
        /// <param name="by">The value by which all lines are added up; null for no sums.</param>
        public Task<SpaceInfo> GetSpaceAsync(string? owner, string? by, int limit, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Storage.FindSpace.At().With("owner", owner).With("by", by).With("limit", limit), ct);

        public Task<OwnerStorage> GetQuotaAsync(string owner, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Storage.FindQuota.At(owner), ct);

        public Task<OwnerStorage> SetQuotaAsync(string owner, SetQuota quota, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Storage.SetQuota.At(owner), quota, ct);

        public Task<OwnerStorage> SetBudgetAsync(string owner, SetBudget budget, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Storage.SetBudget.At(owner), budget, ct);

        public Task<JobInfo> GetJobAsync(string id, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Jobs.Find.At(id), ct);

        /// <summary>Lists lines of the audit, oldest first.</summary>
        /// <param name="after">Only those after this position; 0 for all.</param>
        /// <param name="since">Only those at this time or later.</param>
        /// <param name="until">Only those before this time.</param>
        public IAsyncEnumerable<AuditInfo> ListAuditAsync(
            long after, DateTimeOffset? since, DateTimeOffset? until, CancellationToken ct = default) =>
            client.ListAsync(
                RestCalls.Activity.ListAudit.At()
                    .With("after", after).With("since", Time(since)).With("until", Time(until)).With("limit", 1000),
                ct);
    }

    private static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
}
