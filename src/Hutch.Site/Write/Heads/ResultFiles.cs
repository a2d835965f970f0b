using System.Buffers;
using System.Text;
using System.Text.Json;
using Hutch.Site.Write.Blobs;

namespace Hutch.Site.Write.Heads;

/// <summary>
/// Writes the result rows of a following dataset as <c>results.jsonl</c> and <c>results.csv</c>, ordered by run and frame, so that
/// each snapshot has them as files.
/// </summary>
public sealed class ResultFiles(SiteDatabase records, BlobIntake intake, HeadReader heads, TimeProvider time)
{
    private const int RowsAtOnce = 5_000;
    private const string ErrorColumn = "error";

    /// <summary>The rows as they were written, a line each.</summary>
    public static readonly DatasetPath JsonLines = DatasetPath.Parse("results.jsonl").Value;
    private static readonly DatasetPath Csv = DatasetPath.Parse("results.csv").Value;

    /// <summary>
    /// Returns the files as changes of the tree; none when the dataset has no results, or the files already have them all.
    /// </summary>
    internal async Task<Result<ResultChanges>> PrepareAsync(SiteDataset dataset, CancellationToken ct)
    {
        var changes = new ResultChanges();
        if (await records.ReadAsync(queries => queries.NewestResult(dataset.Key), ct) == 0)
        {
            return changes;
        }

        try
        {
            List<string> columns = await ColumnsAsync(dataset, ct);
            HutchError? refusal = await AddAsync(changes, dataset, JsonLines, "application/x-ndjson", WriteJsonLines, ct)
                ?? await AddAsync(
                    changes, dataset, Csv, "text/csv", (output, result, first) => WriteCsv(output, result, first, columns), ct);
            if (refusal is null)
            {
                return changes;
            }

            changes.Dispose();
            return refusal;
        }
        catch
        {
            changes.Dispose();
            throw;
        }
    }

    private async Task<HutchError?> AddAsync(
        ResultChanges changes, SiteDataset dataset, DatasetPath path, string contentType,
        Action<IBufferWriter<byte>, SiteResult, bool> write, CancellationToken ct)
    {
        var pipe = new Pipe();
        Task writing = WriteAsync(pipe.Writer, dataset, write, ct);
        Result<ReceivedBlob> received;
        try
        {
            // Small in comparison to their frames. They last, so that making a transient dataset permanent need not look for them.
            received = await intake.ReceiveAsync(pipe.Reader, null, Lane.Main, ct);
        }
        finally
        {
            // Ends the writer, however far it is.
            await pipe.Reader.CompleteAsync();
            await writing;
        }

        if (!received.TryGet(out ReceivedBlob? blob, out HutchError? refusal))
        {
            return refusal;
        }

        Entry? present = await heads.Tree.FindAsync(dataset.Root, path, ct);
        if (present?.Hash == blob.Hash)
        {
            blob.Dispose();
            return null;
        }

        long modified = time.GetUtcNow().ToUnixTimeMilliseconds() * Entry.NanosecondsPerMillisecond;
        changes.Add(new TreeChange(path, Entry.File(blob.Hash, blob.Size, modified, contentType: contentType)), blob);
        return null;
    }

    private async Task WriteAsync(
        PipeWriter writer, SiteDataset dataset, Action<IBufferWriter<byte>, SiteResult, bool> write, CancellationToken ct)
    {
        Exception? failure = null;
        try
        {
            string run = "";
            long frame = 0;
            bool first = true;
            while (await records.ReadAsync(
                queries => queries.ResultsByFrame(dataset.Key, run, frame, RowsAtOnce), ct) is { Count: > 0 } rows)
            {
                foreach (SiteResult row in rows)
                {
                    write(writer, row, first);
                    first = false;
                }

                if ((await writer.FlushAsync(ct)).IsCompleted)
                {
                    break;
                }

                (run, frame) = (rows[^1].Run, rows[^1].Frame);
            }
        }
        catch (Exception e)
        {
            failure = e;
        }

        await writer.CompleteAsync(failure);
    }

    private static void WriteJsonLines(IBufferWriter<byte> output, SiteResult result, bool first)
    {
        output.Write(Encoding.UTF8.GetBytes(result.Row));
        output.Write("\n"u8);
    }

    /// <summary>
    /// Returns the members of all rows in the order in which they first occur; the error member of failed frames is last.
    /// </summary>
    private async Task<List<string>> ColumnsAsync(SiteDataset dataset, CancellationToken ct)
    {
        var columns = new List<string>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        string run = "";
        long frame = 0;
        while (await records.ReadAsync(queries => queries.ResultsByFrame(dataset.Key, run, frame, RowsAtOnce), ct) is { Count: > 0 } rows)
        {
            foreach (SiteResult result in rows)
            {
                using JsonDocument row = JsonDocument.Parse(result.Row);
                foreach (JsonProperty field in row.RootElement.EnumerateObject())
                {
                    if (known.Add(field.Name))
                    {
                        columns.Add(field.Name);
                    }
                }
            }

            (run, frame) = (rows[^1].Run, rows[^1].Frame);
        }

        if (columns.Remove(ErrorColumn))
        {
            columns.Add(ErrorColumn);
        }

        return columns;
    }

    private static void WriteCsv(IBufferWriter<byte> output, SiteResult result, bool first, List<string> columns)
    {
        if (first)
        {
            WriteLine(output, columns);
        }

        using JsonDocument row = JsonDocument.Parse(result.Row);
        WriteLine(output, columns.Select(name => row.RootElement.TryGetProperty(name, out JsonElement value) ? Text(value) : ""));
    }

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        _ => value.GetRawText(),
    };

    // RFC 4180.
    private static void WriteLine(IBufferWriter<byte> output, IEnumerable<string> fields) =>
        output.Write(Encoding.UTF8.GetBytes(string.Join(',', fields.Select(Quote)) + "\r\n"));

    private static string Quote(string field) =>
        field.AsSpan().ContainsAny(",\"\r\n") ? "\"" + field.Replace("\"", "\"\"") + "\"" : field;
}
