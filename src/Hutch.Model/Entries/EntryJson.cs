using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Hutch.Model;

/// <summary>
/// The canonical JSON of an entry, used in pages, the journal, the overlay and the API: an object without white space, keys in the order
/// <c>p k h s w t m x c u</c>, without those that have no value. Equal entries have equal bytes. Readers accept the keys in any order, but
/// no unknown or repeated key.
/// </summary>
/// <remarks>
/// <c>p</c> full path (in pages: <c>n</c>, the name), <c>k</c> kind (<c>f</c> file, <c>l</c> link, <c>e</c> empty directory), <c>h</c>
/// SHA-256 and <c>s</c> size of a file, <c>w</c> not hashed yet, so that <c>h</c> is only an identifier (<c>true</c> or omitted), <c>t</c>
/// target of a link, <c>m</c> modification time in nanoseconds since 1970 (omitted: unknown), <c>x</c> executable (<c>true</c> or omitted),
/// <c>c</c> content type, <c>u</c> user metadata, its names in byte order.
/// </remarks>
public static class EntryJson
{
    private const int FixedBytes = 256; // braces, keys, hash and numbers of any entry

    public static void Write(IBufferWriter<byte> output, DatasetPath path, Entry entry)
    {
        var writer = new SpanWriter(output.GetSpan(BoundOf(entry) + (path.Value.Length * SpanWriter.MaxBytesPerUnit)));
        writer.Raw("{\"p\":"u8);
        writer.Text(path.Value);
        writer.Raw(","u8);
        WriteFields(ref writer, entry);
        output.Advance(writer.Written);
    }

    /// <summary>Writes an entry without a path as one JSON object.</summary>
    public static void Write(IBufferWriter<byte> output, Entry entry)
    {
        var writer = new SpanWriter(output.GetSpan(BoundOf(entry)));
        writer.Raw("{"u8);
        WriteFields(ref writer, entry);
        output.Advance(writer.Written);
    }

    /// <summary>
    /// Writes an entry with its full path as the next value of a JSON document, with the same bytes as the other overloads.
    /// </summary>
    public static void Write(Utf8JsonWriter json, DatasetPath path, Entry entry)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Write(buffer, path, entry);
        json.WriteRawValue(buffer.WrittenSpan, skipInputValidation: true);
    }

    /// <summary>Writes an entry without a path as the next value of a JSON document.</summary>
    public static void Write(Utf8JsonWriter json, Entry entry) => json.WriteRawValue(ToUtf8(entry), skipInputValidation: true);

    /// <summary>The entry without a path, as bytes.</summary>
    public static byte[] ToUtf8(Entry entry)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Write(buffer, entry);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Parses an entry without a path. The bytes contain nothing else.</summary>
    public static Result<Entry> Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            if (!reader.Read())
            {
                return Reject("it is empty");
            }

            Result<Entry> entry = Read(ref reader, out string? path);
            return entry.IsOk && path is not null ? Reject("no path is expected here")
                : entry.IsOk && reader.Read() ? Reject("something follows it")
                : entry;
        }
        catch (JsonException)
        {
            return Reject("it is not well-formed JSON");
        }
    }

    /// <summary>
    /// Reads an entry and its path from the reader's current object, and leaves the reader at its end. Errors have the code
    /// <see cref="ErrorCode.InvalidBody"/> or <see cref="ErrorCode.InvalidPath"/>. Malformed JSON throws <see cref="JsonException"/>, as
    /// usual with this reader.
    /// </summary>
    public static bool TryRead(ref Utf8JsonReader reader, out PathEntry entry, [NotNullWhen(false)] out HutchError? error)
    {
        entry = default;
        if (!Read(ref reader, out string? text).TryGet(out Entry? read, out error))
        {
            return false;
        }

        if (text is null)
        {
            error = Reject("the path 'p' is missing");
            return false;
        }

        if (!DatasetPath.Parse(text).TryGet(out DatasetPath path, out error))
        {
            return false;
        }

        entry = new PathEntry(path, read);
        return true;
    }

    /// <summary>Reads an entry without a path from the reader's current object; otherwise like the other overload.</summary>
    public static bool TryRead(ref Utf8JsonReader reader, [NotNullWhen(true)] out Entry? entry, [NotNullWhen(false)] out HutchError? error)
    {
        Result<Entry> result = Read(ref reader, out string? path);
        if (result.TryGet(out entry, out error) && path is not null)
        {
            entry = null;
            error = Reject("no path is expected here");
        }

        return error is null;
    }

    /// <summary>The most bytes of an entry without its path.</summary>
    internal static int BoundOf(Entry entry)
    {
        int units = (entry.Target?.Length ?? 0) + (entry.ContentType?.Length ?? 0);
        int marks = 0;
        foreach ((string name, string value) in entry.UserMetadata ?? ImmutableSortedDictionary<string, string>.Empty)
        {
            units += name.Length + value.Length;
            marks += 6;
        }

        return FixedBytes + (units * SpanWriter.MaxBytesPerUnit) + marks;
    }

    internal static void WriteFields(ref SpanWriter writer, Entry entry)
    {
        switch (entry.Kind)
        {
            case EntryKind.File:
                writer.Raw("\"k\":\"f\",\"h\":"u8);
                writer.Hash(entry.Hash);
                writer.Raw(",\"s\":"u8);
                writer.Number(entry.Size);
                if (entry.IsPending)
                {
                    writer.Raw(",\"w\":true"u8);
                }

                break;
            case EntryKind.SymbolicLink:
                writer.Raw("\"k\":\"l\",\"t\":"u8);
                writer.Text(entry.Target ?? "");
                break;
            default:
                writer.Raw("\"k\":\"e\""u8);
                break;
        }

        if (entry.ModifiedNanoseconds != 0)
        {
            writer.Raw(",\"m\":"u8);
            writer.Number(entry.ModifiedNanoseconds);
        }

        if (entry.Executable)
        {
            writer.Raw(",\"x\":true"u8);
        }

        if (entry.ContentType is { } type)
        {
            writer.Raw(",\"c\":"u8);
            writer.Text(type);
        }

        if (entry.UserMetadata is { } metadata)
        {
            WriteMetadata(ref writer, metadata);
        }

        writer.Raw("}"u8);
    }

    private static void WriteMetadata(ref SpanWriter writer, ImmutableSortedDictionary<string, string> metadata)
    {
        writer.Raw(",\"u\":{"u8);
        bool first = true;
        foreach ((string name, string value) in metadata.OrderBy(pair => pair.Key, Utf8Order.Comparer))
        {
            if (!first)
            {
                writer.Raw(","u8);
            }

            first = false;
            writer.Text(name);
            writer.Raw(":"u8);
            writer.Text(value);
        }

        writer.Raw("}"u8);
    }

    private static HutchError Reject(string fault) => ErrorCode.InvalidBody.With($"The entry is invalid: {fault}.");

    private static Result<Entry> Read(ref Utf8JsonReader reader, out string? path)
    {
        path = null;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return Reject("it is not a JSON object");
        }

        var fields = new EntryFields();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (fields.Read(ref reader) is { } fault)
            {
                return Reject(fault);
            }
        }

        path = fields.Path;
        return fields.ToEntry(out string? missing) is { } entry
            ? EntryRules.Check(entry).Then<Entry>(_ => entry)
            : Reject(missing ?? "it is not complete");
    }
}
