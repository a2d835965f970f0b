namespace Hutch.Api.Documents;

internal static class SpaceDocuments
{
    public static SpaceInfo From(SpaceReport report) => new()
    {
        Bytes = report.Lines.Sum(static line => line.Bytes) + report.Rest.Bytes + report.Together,
        Shared = report.Together,
        Exact = report.IsExact,
        Whole = report.IsWhole,
        Lines = [.. report.Lines.Select(From)],
        More = report.Rest.Count,
        MoreBytes = report.Rest.Bytes,
        Obstacles =
        [
            .. report.Obstacles.Select(static one => new SpaceObstacleInfo
            {
                Reason = one.Reason, Datasets = one.Datasets, LogicalBytes = one.LogicalBytes, Example = one.Example,
            }),
        ],
    };

    private static SpaceLineInfo From(SpaceLine line) => new()
    {
        Id = line.Name.Dataset.ToString(),
        Owner = line.Name.Owner.Name,
        Name = line.Name.FullName,
        Type = line.Type,
        Bytes = line.Bytes,
        Kind = line.Way switch
        {
            SpaceWay.Trash => "trash",
            SpaceWay.Copies => "copies",
            _ => "reproduction",
        },
        Until = line.Until,
        Command = line.Way switch
        {
            SpaceWay.Trash => $"hutch purge {line.Name.FullName} --reason TEXT",
            SpaceWay.Copies => $"hutch evict {line.Name.FullName}",
            _ => $"hutch evict {line.Name.FullName} --reproducible",
        },
        Proofs = line.Proofs,
    };
}
