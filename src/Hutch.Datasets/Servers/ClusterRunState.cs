using System.Text.Json.Serialization.Metadata;
using Hutch.Processing.Dispatch;
using Hutch.Site.Platform.Servers;

namespace Hutch.Datasets.Servers;

/// <summary>Run progress, the same at every server of the site: the dispatching server has it in memory, the others ask it.</summary>
public sealed class ClusterRunState(RunDispatcher? dispatcher, IOtherServers? others)
{
    public const string ViewQuestion = "work";

    public const string ProgressQuestion = "run-progress";

    private const int MaxAnswerBytes = 4 << 20;

    internal bool IsOn => dispatcher is not null;

    /// <summary>For another server: runs, workers and queues of this one.</summary>
    public byte[] WriteView() => Write(dispatcher?.View(), ServerStateJson.Default.ProcessingStatus);

    public byte[] WriteProgress(Guid run) => Write(dispatcher?.Progress(run), ServerStateJson.Default.RunProgress);

    /// <exception cref="Hutch.Model.HutchException">The server that has them does not answer.</exception>
    internal async ValueTask<ProcessingStatus> ViewAsync(CancellationToken ct) =>
        (await FindHolderAsync(ct) is { } holder
            ? await others!.RequestAsync(holder, ViewQuestion, ServerStateJson.Default.ProcessingStatus, MaxAnswerBytes, ct)
            : dispatcher?.View()) ?? ProcessingStatus.Empty;

    /// <summary>Returns the progress of a run; null for one that is not processed and did not end recently.</summary>
    /// <exception cref="Hutch.Model.HutchException">The server that has it does not answer.</exception>
    internal async ValueTask<RunProgress?> ProgressAsync(Guid run, CancellationToken ct) => await FindHolderAsync(ct) is { } holder
        ? await others!.RequestAsync(holder, $"{ProgressQuestion}?run={run:N}", ServerStateJson.Default.RunProgress, MaxAnswerBytes, ct)
        : dispatcher?.Progress(run);

    private async ValueTask<SiteServer?> FindHolderAsync(CancellationToken ct) =>
        others is not null && dispatcher is not { IsAtWork: true }
        && await others.FindHolderAsync(RunDispatcher.Job, ct) is { IsThis: false } holder
            ? holder
            : null;

    private static byte[] Write<T>(T? value, JsonTypeInfo<T> type)
        where T : class => value is null ? "null"u8.ToArray() : JsonSerializer.SerializeToUtf8Bytes(value, type);
}
