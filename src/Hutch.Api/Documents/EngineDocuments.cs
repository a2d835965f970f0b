using Hutch.Datasets.Servers;
using Hutch.Site.Platform.Servers;

namespace Hutch.Api.Documents;

internal static class EngineDocuments
{
    /// <summary>A server speaks every two seconds.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    public static EngineInfo From(EngineStatus status) => new()
    {
        Kind = status.Report.Kind,
        RecordsBehind = status.RecordsBehind,
        Stores =
        [
            .. status.Report.Stores.Select(static store => new StoreInfo
            {
                Name = store.Name, Where = store.Where, Seconds = store.Took.TotalSeconds, Trouble = store.Trouble,
            }),
        ],
        Servers = [.. status.Report.Servers.Select(server => From(server, AnswerOf(server, status), status.Report.LastSequence))],
    };

    private static ServerAnswer? AnswerOf(SiteServer server, EngineStatus status) =>
        status.Answers.FirstOrDefault(answer => answer.Server is { } known ? known.Id == server.Id : server.IsThis);

    private static SiteServerInfo From(SiteServer server, ServerAnswer? answer, long? last) => new()
    {
        Id = server.Id.ToString("N"),
        Name = server.Name,
        Address = server.Address?.Uri.AbsoluteUri.TrimEnd('/'),
        State = answer?.State switch
        {
            { Failure: not null } => "failed",
            not null => "ok",
            null => server.SilentFor > Silence ? "silent" : "unreachable",
        },
        Trouble = answer is null ? "It has only just joined." : answer.State?.Failure ?? answer.Trouble,
        Version = answer?.State?.Version,
        Started = answer?.State?.Started,
        RecordsBehind = answer?.State is { } state && last is { } end ? Math.Max(0, end - state.Applied) : null,
        Captures = answer?.State?.Captures.Count,
        Watched = answer?.State?.Watched,
        Jobs = server.Jobs,
        IsThis = server.IsThis,
        SilentSeconds = Math.Max(0, server.SilentFor.TotalSeconds),
    };
}
