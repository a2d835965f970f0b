using Hutch.Model.Site;

namespace Hutch.Api.Documents;

internal static class MetadataVersionDocuments
{
    public static MetadataVersion From(SiteMetadata version) => new()
    {
        Version = version.Version,
        Time = DateTimeOffset.FromUnixTimeMilliseconds(version.Time),
        Author = version.Author,
        Document = JsonSerializer.Deserialize(version.Document, HutchJson.Default.JsonElement),
    };
}
