using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Hutch.Client.Http;

/// <summary>Reads a stream of JSON documents, one per line, with a special last line.</summary>
internal static class LineReader
{
    internal const int MaxLineBytes = 4 * 1024 * 1024;
    private const int BufferBytes = 64 * 1024;

    /// <summary>The lines of a stream, without the last; throws when the stream was cut or ends with a problem.</summary>
    internal static async IAsyncEnumerable<T> ReadAsync<T>(
        Stream stream, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        StreamEnd? end = null;
        await foreach (ReadOnlySequence<byte> line in ReadRawAsync(stream, cancellationToken))
        {
            if (IsEnd(line))
            {
                end = Parse(line, HutchJson.Default.StreamEnd);
                continue;
            }

            yield return Parse(line, type);
        }

        CheckEnd(end?.End, end?.Problem);
    }

    /// <summary>All lines of a stream whose last line has the type of the others.</summary>
    internal static async IAsyncEnumerable<T> ReadWithEndAsync<T>(
        Stream stream, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (ReadOnlySequence<byte> line in ReadRawAsync(stream, cancellationToken))
        {
            yield return Parse(line, type);
        }
    }

    /// <summary>All lines of a stream of results, the last one included.</summary>
    internal static async IAsyncEnumerable<ResultLine> ReadResultsAsync(
        Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (ReadOnlySequence<byte> line in ReadRawAsync(stream, cancellationToken))
        {
            yield return IsEnd(line)
                ? new ResultLine(null, Parse(line, HutchJson.Default.ResultsEnd))
                : new ResultLine(Parse(line, HutchJson.Default.ResultRow), null);
        }
    }

    /// <summary>Throws unless a stream came to its end in order.</summary>
    /// <param name="end">What its last line said; null when there was none.</param>
    internal static void CheckEnd(bool? end, Problem? problem)
    {
        if (end is null)
        {
            throw new BadAnswerException("The response was cut off before its last line.");
        }

        if (end is false)
        {
            throw problem is not null
                ? ProblemReader.ToError(problem, problem.Status ?? 500).ToException()
                : new BadAnswerException("The server ended the response early and gave no reason.");
        }
    }

    /// <summary>The raw lines of a stream; each is valid until the next is asked for.</summary>
    internal static async IAsyncEnumerable<ReadOnlySequence<byte>> ReadRawAsync(
        Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        PipeReader reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: BufferBytes, leaveOpen: true));
        try
        {
            while (true)
            {
                ReadResult result = await reader.ReadAsync(cancellationToken);
                ReadOnlySequence<byte> rest = result.Buffer;
                while (rest.PositionOf((byte)'\n') is { } end)
                {
                    ReadOnlySequence<byte> line = rest.Slice(0, end);
                    rest = rest.Slice(rest.GetPosition(1, end));
                    if (!line.IsEmpty)
                    {
                        yield return line;
                    }
                }

                if (result.IsCompleted)
                {
                    if (!rest.IsEmpty)
                    {
                        yield return rest;
                    }

                    yield break;
                }

                if (rest.Length > MaxLineBytes)
                {
                    throw new BadAnswerException($"A line of the response is longer than {MaxLineBytes} bytes.");
                }

                reader.AdvanceTo(rest.Start, rest.End);
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    /// <summary>Returns true for the last line, which starts with <c>{"end":</c>.</summary>
    internal static bool IsEnd(in ReadOnlySequence<byte> line)
    {
        ReadOnlySpan<byte> prefix = "{\"end\":"u8;
        Span<byte> start = stackalloc byte[prefix.Length];
        if (line.Length < prefix.Length)
        {
            return false;
        }

        line.Slice(0, prefix.Length).CopyTo(start);
        return start.SequenceEqual(prefix);
    }

    internal static T Parse<T>(in ReadOnlySequence<byte> line, JsonTypeInfo<T> type)
    {
        try
        {
            var json = new Utf8JsonReader(line);
            return JsonSerializer.Deserialize(ref json, type) ?? throw new BadAnswerException("A line of the response is null.");
        }
        catch (JsonException e)
        {
            throw new BadAnswerException("A line of the response cannot be read.", e);
        }
    }
}

internal readonly record struct ResultLine(ResultRow? Row, ResultsEnd? End);
