using Hutch.Datasets.Upkeep;
using Hutch.Model.Contracts;

namespace Hutch.Api.Documents;

/// <summary>What the site stands on, as the REST interface writes it.</summary>
internal static class EngineDocuments
{
    /// <summary>Writes it.</summary>
    public static EngineInfo Of(EngineStatus status) => new()
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
        Servers =
        [
            .. status.Report.Servers.Select(static server => new SiteServerInfo
            {
                Id = server.Id.ToString("N"),
                Name = server.Name,
                Address = server.Address?.Uri.AbsoluteUri.TrimEnd('/'),
                IsThis = server.IsThis,
                SilentSeconds = Math.Max(0, server.SilentFor.TotalSeconds),
            }),
        ],
    };
}
