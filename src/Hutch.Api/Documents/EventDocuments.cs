using Hutch.Datasets.Events;

namespace Hutch.Api.Documents;

internal static class EventDocuments
{
    /// <summary>Writes an event: the short names of the journal in full.</summary>
    public static EventInfo From(VisibleEvent happened)
    {
        var data = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (JsonProperty fact in happened.Facts)
        {
            data[fact.Name switch { "p" => "path", "e" => "entry", string name => name }] = fact.Value;
        }

        return new EventInfo
        {
            Sequence = happened.Sequence,
            Kind = happened.Kind,
            Dataset = happened.Dataset,
            Time = happened.Time,
            Data = data,
        };
    }
}
