using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hutch.Publishing.Citations;
using Hutch.Publishing.Metadata;
using Hutch.Publishing.Works;

namespace Hutch.Publishing.Formats;

/// <summary>A form in which programs get a publication, by its name in the query or by what they accept.</summary>
/// <param name="Name">Value of the query's <c>format</c>.</param>
/// <param name="MediaType">By which it is asked for.</param>
/// <param name="Label">For people.</param>
/// <param name="IsCitation">Whether reference managers read it; else it is metadata.</param>
/// <param name="Write">Writes it.</param>
public sealed record WorkFormat(string Name, string MediaType, string Label, bool IsCitation, Func<PublishedWork, byte[]> Write)
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.Create(System.Text.Unicode.UnicodeRanges.All),
    };

    /// <summary>All of them; the first of a media type is the one that it means.</summary>
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

    /// <summary>What is asked for as media type, beside any parameters of it.</summary>
    public static WorkFormat? OfMediaType(string type) =>
        All.FirstOrDefault(format => string.Equals(format.MediaType, type, StringComparison.OrdinalIgnoreCase));

    public static WorkFormat? OfName(string name) => All.FirstOrDefault(format => format.Name == name);

    /// <summary>Where a page gives itself in this form.</summary>
    public string AddressAt(string page) => $"{page}?format={Name}";

    private static byte[] Json(JsonNode document) => JsonSerializer.SerializeToUtf8Bytes(document, Readable);
}
