using Hutch.Datasets.Repositories;
using Hutch.Datasets.Versions;
using Hutch.Model.Records;

namespace Hutch.Api.Documents;

internal static class SnapshotDocuments
{
    public static SubdatasetInfo From(SubdatasetVersion inside) => new()
    {
        Path = inside.Subdataset.Path,
        Dataset = inside.Subdataset.Id,
        Commit = inside.Commit,
        Snapshot = inside.Snapshot,
    };

    public static SnapshotInfo From(SnapshotDescription described) => new()
    {
        Number = described.Snapshot.Number,
        Root = described.Snapshot.Root.Page,
        ContentId = described.Snapshot.Root.ContentId,
        Parent = described.Parent,
        Time = DateTimeOffset.FromUnixTimeMilliseconds(described.Snapshot.Time),
        Author = described.Snapshot.Author,
        Message = described.Snapshot.Message ?? "",
        Kind = described.Snapshot.Reason == SnapshotReason.Manual ? "tag" : described.Snapshot.Reason.ToName(),
        Tags = described.Snapshot.Tags,
        Files = described.Snapshot.Root.Files,
        Bytes = described.Snapshot.Root.Bytes,
    };
}
