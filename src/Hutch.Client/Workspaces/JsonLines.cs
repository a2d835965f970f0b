using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Hutch.Disk.Folders;

namespace Hutch.Client.Workspaces;

/// <summary>
/// The client's own files of one JSON document a line: a first line of its own kind, then items, then a line that counts them, by which a
/// damaged file is seen.
/// </summary>
internal static class JsonLines
{
    private static ReadOnlySpan<byte> EndPrefix => "{\"end\":"u8;

    /// <summary>Reads a file; null when there is none, or it is damaged.</summary>
    internal static (THead Head, List<T> Items)? Read<THead, T>(string path, JsonTypeInfo<THead> headType, JsonTypeInfo<T> type)
        where THead : class
        where T : class
    {
        try
        {
            return SmallFile.TryRead(path) is { } bytes ? Parse(bytes, headType, type) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Replaces a file; not <paramref name="durable"/>: one that may be lost in a power loss.</summary>
    internal static void Write<THead, T>(
        string path, THead head, JsonTypeInfo<THead> headType, IEnumerable<T> items, JsonTypeInfo<T> type, bool durable = true)
    {
        using var file = JsonLinesWriter<T>.Begin(path, head, headType, type);
        foreach (T item in items)
        {
            file.Add(item);
        }

        file.Complete(durable);
    }

    private static (THead Head, List<T> Items)? Parse<THead, T>(ReadOnlySpan<byte> rest, JsonTypeInfo<THead> headType, JsonTypeInfo<T> type)
        where THead : class
        where T : class
    {
        THead? head = null;
        var items = new List<T>();
        while (rest.IndexOf((byte)'\n') is >= 0 and int length)
        {
            ReadOnlySpan<byte> line = rest[..length];
            rest = rest[(length + 1)..];
            if (line.StartsWith(EndPrefix))
            {
                return head is not null && rest.IsEmpty && line.SequenceEqual(EndLine(items.Count)) ? (head, items) : null;
            }

            if (head is null)
            {
                head = JsonSerializer.Deserialize(line, headType);
            }
            else
            {
                items.Add(JsonSerializer.Deserialize(line, type)!);
            }
        }

        return null;
    }

    /// <summary>The last line of a file with so many items.</summary>
    internal static byte[] EndLine(int count) => System.Text.Encoding.ASCII.GetBytes($"{{\"end\":true,\"count\":{count}}}");
}

/// <summary>First line of the client's own files.</summary>
/// <param name="Format">What the file is: <c>hutch-base</c> or <c>hutch-index</c>.</param>
/// <param name="Version">Version of its format.</param>
/// <param name="Snapshot">For a base: number of the snapshot; absent when the dataset had none.</param>
internal sealed record FileHeader(string Format, int Version, long? Snapshot = null);
