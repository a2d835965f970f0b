using System.Text;

namespace Hutch.Processing.Runs;

/// <summary>
/// Result rows of datasets that came from another site: the records of this site have none, but the newest version has all of them as
/// <c>results.jsonl</c>, ordered by frame. See docs/design/federation.md (runs).
/// </summary>
/// <remarks>Thread-safe. The caller has checked the rights.</remarks>
internal sealed class RowFile(SiteDatabase records, HeadReader heads, BlobStore blobs)
{
    /// <summary>
    /// The most bytes of a row. A longer line is no row: any user with the right to write to the dataset can replace the file.
    /// </summary>
    private const int MaxRowBytes = 16 << 20;

    /// <summary>
    /// Returns the run whose rows a dataset has as a file only; null where the records have rows, and where there are none.
    /// </summary>
    public ValueTask<SiteRun?> FindRunAsync(DatasetId id, CancellationToken ct) => records.ReadConsistentAsync(
        queries => queries.Dataset(id) is { } dataset && queries.NewestResult(dataset.Key) == 0
            && queries.RunsOfWorkersInto(id, 2) is [var only]
            && (dataset.Copy is not null || only.Finished is not null)
                ? only
                : null,
        ct);

    public async IAsyncEnumerable<SiteResult> ReadAsync(DatasetId id, Guid run, [EnumeratorCancellation] CancellationToken ct)
    {
        if (!(await heads.ResolveAsync(id, null, ct)).TryGet(out TreeView? view, out _)
            || await heads.FindAsync(view, ResultFiles.JsonLines, ct) is not { Kind: EntryKind.File } entry)
        {
            yield break;
        }

        BlobContent rows = await blobs.FindAsync(id, entry.Hash, ct)
            ?? throw ErrorCode.Gone.With($"The bytes of '{ResultFiles.JsonLines}' are no longer stored.").ToException();
        string name = run.ToString("N");
        long number = 0;
        await foreach (byte[] line in LinesAsync(rows, ct))
        {
            number++;
            if (FrameOf(line) is { } frame)
            {
                yield return new SiteResult { Sequence = number, Run = name, Frame = frame, Row = Encoding.UTF8.GetString(line) };
            }
        }
    }

    private static async IAsyncEnumerable<byte[]> LinesAsync(BlobContent content, [EnumeratorCancellation] CancellationToken ct)
    {
        var begun = new ArrayBufferWriter<byte>();
        await foreach (ReadOnlyMemory<byte> part in content.ReadAsync(0, content.Size, ct))
        {
            ReadOnlyMemory<byte> rest = part;
            while (rest.Span.IndexOf((byte)'\n') is >= 0 and var end)
            {
                begun.Write(rest.Span[..end]);
                yield return begun.WrittenSpan.ToArray();
                begun.ResetWrittenCount();
                rest = rest[(end + 1)..];
            }

            if (begun.WrittenCount + rest.Length > MaxRowBytes)
            {
                yield break;
            }

            begun.Write(rest.Span);
        }
    }

    private static long? FrameOf(byte[] line)
    {
        try
        {
            using var row = JsonDocument.Parse(line);
            return row.RootElement.ValueKind == JsonValueKind.Object
                && row.RootElement.TryGetProperty("file-number", out JsonElement number) && number.TryGetInt64(out long frame)
                    ? frame
                    : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
