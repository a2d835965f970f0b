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
        Sums = [.. report.Sums.Select(static one => new SpaceSumInfo { Of = one.Of, Datasets = one.Datasets, Bytes = one.Bytes })],
        Obstacles =
        [
            .. report.Obstacles.Select(static one => new SpaceObstacleInfo
            {
                Code = one.Reason.Code,
                Reason = one.Reason.Sentence,
                Advice = one.Reason.Advice is "" ? null : one.Reason.Advice,
                By = one.Reason.By.ToString().ToLowerInvariant(),
                Datasets = one.Datasets,
                Bytes = one.Bytes,
                LogicalBytes = one.LogicalBytes,
                Example = one.Example,
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
        Kind = SpaceSums.NameOf(line.Way),
        Visit = line.Visit?.Name,
        Instrument = line.Visit?.Instrument,
        Program = line.Program,
        Created = line.Created,
        Until = line.Until,
        Command = line.Way switch
        {
            SpaceWay.Trash => $"hutch purge {line.Name.FullName} --reason TEXT",
            SpaceWay.Copies => $"hutch evict {line.Name.FullName}",
            SpaceWay.Versions => null,
            _ => $"hutch evict {line.Name.FullName} --reproducible",
        },
        Proofs = line.Proofs,
    };
}
