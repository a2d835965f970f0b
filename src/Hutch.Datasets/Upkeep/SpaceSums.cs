namespace Hutch.Datasets.Upkeep;

/// <summary>Adds up the lines of a report.</summary>
public static class SpaceSums
{
    /// <summary>The values by which lines are added up, as users write them.</summary>
    public const string Values = "owner, group, visit, instrument, type, kind, program or age";

    private static readonly (int Days, string Name)[] Ages =
        [(30, "under-30-days"), (365, "under-1-year"), (3 * 365, "under-3-years"), (int.MaxValue, "over-3-years")];

    /// <summary>Adds up lines by a value that datasets have; a line without one counts for the empty value.</summary>
    public static Result<IReadOnlyList<SpaceSum>> Add(IReadOnlyList<SpaceLine> lines, string? by, DateTimeOffset now)
    {
        Func<SpaceLine, string?>? key = by switch
        {
            null => static _ => null,
            "owner" => static line => line.Name.Owner.Name,
            "group" => static line => line.Name.Owner.Kind == PrincipalKind.Group ? line.Name.Owner.Name : null,
            "visit" => static line => line.Visit?.Name,
            "instrument" => static line => line.Visit?.Instrument,
            "type" => static line => line.Type,
            "kind" => static line => NameOf(line.Way),
            "program" => static line => line.Program,
            "age" => line => Array.Find(Ages, age => (now - line.Created).TotalDays < age.Days).Name,
            _ => null,
        };
        return key is null
            ? ErrorCode.BadRequest.With($"Lines are added up by {Values}, not by {Display.Quote(by!)}.")
            : Result<IReadOnlyList<SpaceSum>>.Ok(by is null ? [] :
            [
                .. lines.GroupBy(line => key(line) ?? "", StringComparer.Ordinal)
                    .Select(static one => new SpaceSum(one.Key, one.Count(), one.Sum(static line => line.Bytes)))
                    .OrderByDescending(static one => one.Bytes).ThenBy(static one => one.Of, StringComparer.Ordinal),
            ]);
    }

    public static string NameOf(SpaceWay way) => way switch
    {
        SpaceWay.Trash => "trash",
        SpaceWay.Copies => "copies",
        SpaceWay.Versions => "versions",
        _ => "reproduction",
    };
}
