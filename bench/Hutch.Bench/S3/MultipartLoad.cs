using System.Diagnostics;
using System.Text;
using System.Xml.Linq;

namespace Hutch.Bench.S3;

/// <summary>Uploads in parts: begin, the parts in order over one connection or several at once and last first, complete.</summary>
internal static class MultipartLoad
{
    private const int PartBytes = 8 << 20;

    /// <summary>Uploads objects of a size one after the other.</summary>
    public static LoadResult Run(S3Target target, byte[] body, int connections, TimeSpan limit)
    {
        RawConnection[] open = [.. Enumerable.Range(0, connections).Select(_ => new RawConnection(target.Address))];
        try
        {
            return LoadDriver.Measure(target, 1, (_, clock, samples) =>
            {
                int count = 0;
                do
                {
                    TimeSpan started = clock.Elapsed;
                    Upload(target, open, $"/{S3Target.Bucket}/parts-{count++ % 4}", body);
                    samples.Add((clock.Elapsed - started).TotalMilliseconds, body.Length);
                }
                while (clock.Elapsed < limit);
            });
        }
        finally
        {
            Array.ForEach(open, connection => connection.Dispose());
        }
    }

    private static void Upload(S3Target target, RawConnection[] open, string path, byte[] body)
    {
        byte[] begin = RequestBook.Head(target, "POST", path, [new("uploads", "")], bodyLength: 0);
        string id = Find(open[0].Ask(begin, default).Body, "UploadId");
        int parts = (body.Length + PartBytes - 1) / PartBytes;
        var tags = new string[parts + 1];
        long seed = Stopwatch.GetTimestamp();
        Thread[] threads = [.. open.Select((connection, index) => new Thread(() =>
        {
            for (int i = index; i < parts; i += open.Length)
            {
                // Several at once: the last part first, so that none is next in order.
                int number = open.Length == 1 ? i + 1 : parts - i;
                tags[number] = PutPart(target, connection, path, id, number, body.AsMemory((number - 1) * PartBytes), seed + number);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Complete(target, open[0], path, id, tags);
    }

    private static string PutPart(S3Target target, RawConnection connection, string path, string id, int number, ReadOnlyMemory<byte> rest, long stamp)
    {
        ReadOnlyMemory<byte> part = rest[..Math.Min(rest.Length, PartBytes)];
        byte[] head = RequestBook.Head(target, "PUT", path, [new("partNumber", $"{number}"), new("uploadId", id)], part.Length);
        byte[] stamped = [.. head, .. BitConverter.GetBytes(stamp)];
        (string answer, _) = connection.Ask(stamped, part[sizeof(long)..]);
        return RawConnection.Field(answer, "ETag") ?? throw new InvalidOperationException("A part has no tag.");
    }

    private static void Complete(S3Target target, RawConnection connection, string path, string id, string[] tags)
    {
        var document = new XElement("CompleteMultipartUpload", tags.Skip(1).Select((tag, i) =>
            new XElement("Part", new XElement("PartNumber", i + 1), new XElement("ETag", tag))));
        byte[] bytes = Encoding.UTF8.GetBytes(document.ToString(SaveOptions.DisableFormatting));
        string answer = connection.Ask(RequestBook.Head(target, "POST", path, [new("uploadId", id)], bytes.Length), bytes).Body;
        Find(answer, "ETag");
    }

    private static string Find(string document, string name) =>
        XDocument.Parse(document.Trim()).Descendants().FirstOrDefault(element => element.Name.LocalName == name)?.Value
            ?? throw new InvalidOperationException($"The answer has no {name}: {document}");
}
