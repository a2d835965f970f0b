using System.IO.Pipelines;
using System.Text;
using Hutch.Datasets.Files;
using Hutch.Model.Contents;

namespace Hutch.Datasets.Extraction;

/// <summary>Reads the findings of one file, for a caller with the right to read it. An unreadable file has no findings.</summary>
internal sealed class FindingsReader(EntryService entries, ContentService contents, Caller caller, DatasetId id, string file)
{
    private const int MaxAnswerBytes = 16 << 20;

    public async Task<FileFindings?> ReadAsync(FileKind kind, CancellationToken ct) => kind switch
    {
        FileKind.Table => TableFindings.Find(file, await StartAsync(ct)),
        FileKind.Hdf5 => await NexusAsync(ct) ?? await ArrayAsync(ct),
        _ => await ArrayAsync(ct),
    };

    private async Task<FileFindings?> ArrayAsync(CancellationToken ct) =>
        await RequestAsync(ContentQuery.Zarr, "/.zmetadata", ct) is { } list ? ArrayFindings.Find(file, list) : null;

    private async Task<FileFindings?> NexusAsync(CancellationToken ct) =>
        await RequestAsync(ContentQuery.Data, NexusFindings.Definition, ct) is { ValueKind: JsonValueKind.String } definition
            ? NexusFindings.Find(
                file,
                definition.GetString(),
                await QuantityAsync(NexusFindings.Wavelength, ct),
                await QuantityAsync(NexusFindings.Distance, ct))
            : null;

    private async Task<(JsonElement Value, JsonElement Unit)?> QuantityAsync(string[] paths, CancellationToken ct)
    {
        foreach (string path in paths)
        {
            if (await RequestAsync(ContentQuery.Data, path, ct) is { } value
                && await RequestAsync(ContentQuery.Attributes, path, ct) is { ValueKind: JsonValueKind.Object } attributes
                && attributes.TryGetProperty("units", out JsonElement unit))
            {
                return (value, unit);
            }
        }

        return null;
    }

    private async Task<JsonElement?> RequestAsync(ContentQuery question, string path, CancellationToken ct)
    {
        var request = new ContentRequest { Question = question, File = file, Path = path, MaxBytes = MaxAnswerBytes };
        Result<IContentAnswer> asked = await contents.ReadAsync(caller, id, null, request, ct);
        if (!asked.IsOk)
        {
            return null;
        }

        await using IContentAnswer answer = asked.Value;
        try
        {
            using JsonDocument document = JsonDocument.Parse(await BytesAsync(answer.CopyToAsync, ct));
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null; // numbers that JSON has no words for
        }
    }

    private async Task<string> StartAsync(CancellationToken ct)
    {
        Result<OpenedEntry> opened = await entries.OpenAsync(caller, id, DatasetPath.Parse(file).Value, null, ct);
        return opened is { IsOk: true, Value.Content: { } content }
            ? Encoding.UTF8.GetString(await BytesAsync(
                (writer, token) => content.CopyToAsync(writer, 0, Math.Min(content.Size, TableFindings.StartBytes), token), ct))
            : "";
    }

    private static async Task<byte[]> BytesAsync(Func<PipeWriter, CancellationToken, Task> copy, CancellationToken ct)
    {
        using var bytes = new MemoryStream();
        PipeWriter writer = PipeWriter.Create(bytes, new StreamPipeWriterOptions(leaveOpen: true));
        await copy(writer, ct);
        await writer.CompleteAsync();
        return bytes.ToArray();
    }
}
