namespace Hutch.Client.Workspaces;

/// <summary>
/// The client's own files of one JSON document a line: a first line of its own kind, then items, then a line that counts them, by which a
/// damaged file is seen. Written by <see cref="JsonLinesWriter{T}"/>.
/// </summary>
internal static class JsonLines
{
    private const int WindowBytes = 64 * 1024;
    private const int MaxEndBytes = 64;

    private static ReadOnlySpan<byte> EndPrefix => "{\"end\":"u8;

    /// <summary>The first line of a file; null when there is no file, or it is cut or damaged there.</summary>
    internal static THead? Head<THead>(string path, JsonTypeInfo<THead> headType)
        where THead : class
    {
        using SafeFileHandle? file = TryOpen(path);
        if (file is null || !IsComplete(file))
        {
            return null;
        }

        try
        {
            return Lines(file).Select(line => Parse(line.Span, headType)).FirstOrDefault();
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>The items of a file, read as they are asked for. Throws <see cref="InvalidDataException"/> where it is damaged.</summary>
    internal static IEnumerable<T> Items<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        using SafeFileHandle? file = TryOpen(path);
        if (file is null)
        {
            yield break;
        }

        int count = 0;
        bool ended = false;
        foreach (ReadOnlyMemory<byte> line in Lines(file).Skip(1))
        {
            if (ended)
            {
                throw new InvalidDataException("The file continues after its end.");
            }

            ended = line.Span.StartsWith(EndPrefix) && line.Span.SequenceEqual(EndLine(count));
            if (!ended)
            {
                yield return Parse(line.Span, type);
                count++;
            }
        }

        if (!ended)
        {
            throw new InvalidDataException("The file ends in the middle.");
        }
    }

    internal static void Write<THead, T>(
        string path, THead head, JsonTypeInfo<THead> headType, IEnumerable<T> items, JsonTypeInfo<T> type)
    {
        using var file = JsonLinesWriter<T>.Begin(path, head, headType, type);
        foreach (T item in items)
        {
            file.Add(item);
        }

        file.Complete(durable: true);
    }

    /// <summary>The last line of a file with so many items.</summary>
    internal static byte[] EndLine(int count) => Encoding.ASCII.GetBytes($"{{\"end\":true,\"count\":{count}}}");

    /// <summary>The lines of a file from an offset on, each until the next is asked for.</summary>
    internal static IEnumerable<ReadOnlyMemory<byte>> Lines(SafeFileHandle file, long offset = 0)
    {
        var window = new byte[WindowBytes];
        int at = 0;
        int filled = 0;
        while (true)
        {
            int length = window.AsSpan(at, filled - at).IndexOf((byte)'\n');
            if (length >= 0)
            {
                yield return window.AsMemory(at, length);
                at += length + 1;
                continue;
            }

            window.AsSpan(at, filled - at).CopyTo(window);
            (at, filled) = (0, filled - at);
            if (filled == window.Length)
            {
                Array.Resize(ref window, checked(window.Length * 2));
            }

            int read = RandomAccess.Read(file, window.AsSpan(filled), offset);
            if (read == 0)
            {
                break;
            }

            (filled, offset) = (filled + read, offset + read);
        }

        if (filled > 0)
        {
            throw new InvalidDataException("The last line of the file is cut.");
        }
    }

    /// <summary>The last line: null; another: its document.</summary>
    internal static T? ParseItem<T>(ReadOnlySpan<byte> line, JsonTypeInfo<T> type)
        where T : class => line.StartsWith(EndPrefix) ? null : Parse(line, type);

    private static T Parse<T>(ReadOnlySpan<byte> line, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(line, type) ?? throw new InvalidDataException("A line of the file is empty.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("A line of the file is not what was written.", e);
        }
    }

    private static bool IsComplete(SafeFileHandle file)
    {
        Span<byte> tail = stackalloc byte[MaxEndBytes];
        long length = RandomAccess.GetLength(file);
        tail = tail[..RandomAccess.Read(file, tail, Math.Max(0, length - MaxEndBytes))];
        return tail is [.., (byte)'\n'] && tail[(tail[..^1].LastIndexOf((byte)'\n') + 1)..].StartsWith(EndPrefix);
    }

    internal static SafeFileHandle? TryOpen(string path)
    {
        try
        {
            return File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete); // Windows: others may replace it
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}

/// <summary>First line of the client's own files.</summary>
/// <param name="Snapshot">For a base: number of the snapshot; absent when the dataset had none.</param>
internal sealed record FileHeader(string Format, int Version, long? Snapshot = null);
