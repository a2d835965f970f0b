using System.Runtime.CompilerServices;

namespace Hutch.Previews.Virtual;

/// <summary>Reads the rows of a table out of its JSON lines.</summary>
internal static class TableLines
{
    /// <summary>The lines of a range, without their ends; each is valid until the next.</summary>
    /// <exception cref="InvalidDataException">A line is too long for a row.</exception>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        BlobContent content, long offset, long end, [EnumeratorCancellation] CancellationToken ct)
    {
        var begun = new ArrayBufferWriter<byte>();
        await foreach (ReadOnlyMemory<byte> part in content.ReadAsync(offset, end - offset, ct))
        {
            ReadOnlyMemory<byte> rest = part;
            for (int length; (length = rest.Span.IndexOf((byte)'\n')) >= 0; rest = rest[(length + 1)..])
            {
                if (begun.WrittenCount == 0)
                {
                    yield return Check(rest[..length]);
                    continue;
                }

                begun.Write(rest.Span[..length]);
                yield return Check(begun.WrittenMemory);
                begun.ResetWrittenCount();
            }

            begun.Write(rest.Span);
            Check(begun.WrittenMemory);
        }

        if (begun.WrittenCount > 0)
        {
            yield return Check(begun.WrittenMemory);
        }
    }

    private static ReadOnlyMemory<byte> Check(ReadOnlyMemory<byte> line) => line.Length <= TableScan.MaxLineBytes
        ? line
        : throw new InvalidDataException($"A row has more than {TableScan.MaxLineBytes} bytes, too many for a table.");
}
