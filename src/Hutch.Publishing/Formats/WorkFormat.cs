using Hutch.Publishing.Citations;
using Hutch.Publishing.Metadata;
using Hutch.Publishing.Works;

namespace Hutch.Publishing.Formats;

/// <summary>A machine-readable form of a publication, chosen by its name in the query or by content negotiation.</summary>
/// <param name="IsCitation">True for a format of reference managers, false for metadata.</param>
public sealed record WorkFormat(string Name, string MediaType, string Label, bool IsCitation, Func<PublishedWork, byte[]> Write)
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.Create(System.Text.Unicode.UnicodeRanges.All),
    };

    /// <summary>All formats. The first format of a media type is the default for it.</summary>
    public static IReadOnlyList<WorkFormat> All { get; } =
    [
        new("schema-org", SchemaOrg.MediaType, "JSON-LD (schema.org)", false, static work => Json(SchemaOrg.Write(work))),
        new("datacite", DataCiteXml.MediaType, "DataCite XML", false, static work => DataCiteXml.Write(work)),
        new("ro-crate", SchemaOrg.MediaType, "RO-Crate", false, static work => Json(RoCrate.Write(work))),
        new("bibtex", BibTex.MediaType, "BibTeX", true, static work => Encoding.UTF8.GetBytes(BibTex.Write(work))),
        new("ris", Ris.MediaType, "RIS", true, static work => Encoding.UTF8.GetBytes(Ris.Write(work))),
        new("csl", CslJson.MediaType, "CSL JSON", true, static work => Json(new JsonArray(CslJson.Write(work)))),
        new("citation", "text/x-bibliography", "Text", true, static work => Encoding.UTF8.GetBytes(Citation.Text(work) + "\n")),
    ];

    /// <summary>The format of a media type, which is given without parameters; null if there is none.</summary>
    public static WorkFormat? OfMediaType(string type) =>
        All.FirstOrDefault(format => string.Equals(format.MediaType, type, StringComparison.OrdinalIgnoreCase));

    public static WorkFormat? OfName(string name) => All.FirstOrDefault(format => format.Name == name);

    public string AddressAt(string page) => $"{page}?format={Name}";

    private static byte[] Json(JsonNode document) => JsonSerializer.SerializeToUtf8Bytes(document, Readable);
}
