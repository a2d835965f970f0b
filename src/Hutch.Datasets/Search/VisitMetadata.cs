using System.Text.Json.Nodes;

namespace Hutch.Datasets.Search;

/// <summary>The proposal and instrument of a visit, by which its datasets are found like those whose metadata have them.</summary>
internal static class VisitMetadata
{
    /// <summary>Returns a metadata document with the keys of the visit that it lacks.</summary>
    public static string? AddTo(string? document, VisitRecord? visit)
    {
        if (visit is null || Parse(document) is not { } metadata)
        {
            return document;
        }

        metadata.TryAdd("proposal", visit.Proposal);
        if (visit.Instrument is { } instrument)
        {
            metadata.TryAdd("instrument", instrument);
        }

        return metadata.ToJsonString();
    }

    private static JsonObject? Parse(string? document)
    {
        try
        {
            return document is null ? [] : JsonNode.Parse(document) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
