using System.Buffers;
using System.Text.Unicode;
using Hutch.Publishing.Works;

namespace Hutch.Publishing.Metadata;

/// <summary>
/// An attached RO-Crate 1.2: the document that accompanies the files of a version and describes them by their paths. For a publication it
/// has the same metadata as the landing page; for other datasets only the name and title.
/// </summary>
public static class AttachedCrate
{
    private const string Root = "./";

    private static readonly JsonWriterOptions Readable = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    public static byte[] Write(CrateVersion version, PublishedWork? work)
    {
        var graph = new CrateGraph();
        RoCrate.Begin(graph, Root);
        JsonObject root = work is null ? Describe(graph, version) : RoCrate.Describe(graph, work, Root);

        AddStatements(graph, root, version.Reruns);

        // Files are written one by one: as a document in memory, thousands of them take ten times their text.
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Readable))
        {
            writer.WriteStartObject();
            writer.WriteString("@context", RoCrate.Context);
            writer.WriteStartArray("@graph");
            foreach (JsonObject entity in graph.Entities)
            {
                Write(writer, entity, entity == root ? version.Files : []);
            }

            foreach (CrateFile file in version.Files)
            {
                Write(writer, file);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>
    /// A crate must state a date of publication and a licence. This version is not published: it states the date of the download and that
    /// there is no licence.
    /// </summary>
    private static JsonObject Describe(CrateGraph graph, CrateVersion version) => graph.Add(
        Root, "Dataset",
        ("name", version.Title ?? version.Name),
        ("description", $"Version {WorkText.Number(version.Snapshot)} of the dataset {version.Name}."),
        ("identifier", $"urn:uuid:{version.Dataset}"),
        ("version", WorkText.Number(version.Snapshot)),
        ("dateCreated", WorkText.Date(version.CreatedAt)),
        ("datePublished", WorkText.Date(version.GivenAt)),
        ("license", "Not published, and without a licence: ask who gave it to you before you pass it on."));

    /// <summary>Adds what sites found when they computed the files again, with the signed text.</summary>
    private static void AddStatements(CrateGraph graph, JsonObject root, IReadOnlyList<CrateRerun> reruns)
    {
        var mentions = new JsonArray();
        for (int i = 0; i < reruns.Count; i++)
        {
            CrateRerun rerun = reruns[i];
            string id = "#rerun-" + WorkText.Number(i + 1);
            graph.Add(
                id, "AssessAction", ("name", rerun.Summary), ("endTime", rerun.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
                ("object", new JsonObject { ["@id"] = Root }), ("agent", new JsonObject { ["@id"] = id + "-site" }),
                ("result", new JsonObject { ["@id"] = id + "-statement" }));
            graph.Add(id + "-site", "Organization", ("name", rerun.Site));
            graph.Add(
                id + "-statement", "CreativeWork", ("name", "Signed statement"), ("text", rerun.Document), ("identifier", rerun.Proof));
            mentions.Add(new JsonObject { ["@id"] = id });
        }

        if (mentions.Count > 0)
        {
            root["subjectOf"] = mentions;
        }
    }

    private static void Write(Utf8JsonWriter writer, JsonObject entity, IReadOnlyList<CrateFile> parts)
    {
        writer.WriteStartObject();
        foreach ((string name, JsonNode? value) in entity)
        {
            writer.WritePropertyName(name);
            value!.WriteTo(writer);
        }

        if (parts.Count > 0)
        {
            writer.WriteStartArray("hasPart");
            foreach (CrateFile part in parts)
            {
                writer.WriteStartObject();
                writer.WriteString("@id", part.Id);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, CrateFile file)
    {
        writer.WriteStartObject();
        writer.WriteString("@id", file.Id);
        writer.WriteString("@type", "File");
        writer.WriteString("name", file.Path);
        writer.WriteString("contentSize", WorkText.Number(file.Size));
        writer.WriteString("encodingFormat", file.MediaType);
        if (file.Hash is { } hash)
        {
            writer.WriteString("sha256", hash.ToString());
        }

        writer.WriteEndObject();
    }
}

public sealed record CrateVersion(
    DatasetId Dataset, string Name, string? Title, long Snapshot, DateTimeOffset CreatedAt, DateTimeOffset GivenAt,
    IReadOnlyList<CrateFile> Files)
{
    /// <summary>Statements about reruns that sites of the zone signed.</summary>
    public IReadOnlyList<CrateRerun> Reruns { get; init; } = [];
}

/// <param name="Document">The statement, as it was signed.</param>
/// <param name="Proof">The key and signature of the site.</param>
public sealed record CrateRerun(string Summary, string Site, DateTimeOffset At, string Document, string Proof);

/// <param name="Hash">The SHA-256 of its bytes; null if it is not known yet.</param>
public sealed record CrateFile(string Path, long Size, string MediaType, BlobHash? Hash)
{
    /// <summary>The path as a relative address.</summary>
    public string Id { get; } = string.Join('/', Path.Split('/').Select(Uri.EscapeDataString));
}
