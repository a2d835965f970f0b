using Hutch.Agent.Watching;

namespace Hutch.Agent.Adopting;

/// <summary>Counts the omissions of a plan by their reason, with the first paths.</summary>
internal sealed class OmissionCounter
{
    private readonly SortedDictionary<string, (long Count, List<string> Examples)> _omissions = new(StringComparer.Ordinal);

    public void Add(string reason, long count, string? example)
    {
        (long before, List<string> examples) = _omissions.GetValueOrDefault(reason, (0, []));
        if (example is not null && examples.Count < ScanFacts.MaxExamples)
        {
            examples.Add(example);
        }

        _omissions[reason] = (before + count, examples);
    }

    public IReadOnlyList<AdoptionOmission> ToList() =>
        [.. _omissions.Select(static one => new AdoptionOmission(one.Key, one.Value.Count, one.Value.Examples))];

    public static string ReasonOf(ScanFault fault) => fault switch
    {
        ScanFault.NotUtf8 => "name or target of a link that is not UTF-8",
        ScanFault.Name => "name that no entry of a dataset can have",
        ScanFault.Special => "socket, pipe or device",
        ScanFault.Unreadable => "not readable for the server",
        ScanFault.TooDeep => "too many directories deep",
        ScanFault.TooMany => "beyond the limit of a folder",
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, null),
    };
}
