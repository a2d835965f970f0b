using System.Runtime.CompilerServices;

namespace Hutch.Api.Http;

/// <summary>Reads a body of JSON lines, one document at a time.</summary>
internal static class LineBody
{
    /// <summary>The raw lines, without empty ones; each is valid until the next is asked for.</summary>
    public static async IAsyncEnumerable<ReadOnlySequence<byte>> ReadRawAsync(
        PipeReader body, int maxLineBytes, [EnumeratorCancellation] CancellationToken ct)
    {
        while (true)
        {
            ReadResult read = await body.ReadAsync(ct);
            ReadOnlySequence<byte> rest = read.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                ReadOnlySequence<byte> line = rest.Slice(0, end);
                rest = rest.Slice(rest.GetPosition(1, end));
                if (!line.IsEmpty)
                {
                    yield return line.Length <= maxLineBytes ? line : throw TooLong(maxLineBytes);
                }
            }

            if (rest.Length > maxLineBytes)
            {
                throw TooLong(maxLineBytes);
            }

            if (read.IsCompleted)
            {
                if (!rest.IsEmpty)
                {
                    yield return rest;
                }

                body.AdvanceTo(read.Buffer.End);
                yield break;
            }

            body.AdvanceTo(rest.Start, rest.End);
        }
    }

    public static async IAsyncEnumerable<T> ReadAsync<T>(
        PipeReader body, JsonTypeInfo<T> type, int maxLineBytes, [EnumeratorCancellation] CancellationToken ct)
    {
        long number = 0;
        await foreach (ReadOnlySequence<byte> line in ReadRawAsync(body, maxLineBytes, ct))
        {
            number++;
            yield return JsonBody.Parse(line, type, $"Line {number}");
        }
    }

    private static HutchException TooLong(int maxLineBytes) =>
        ErrorCode.TooLarge.With($"A line of the body is longer than {maxLineBytes} bytes, the limit.").ToException();
}
