namespace Hutch.Api.Documents;

/// <summary>
/// Writes items of a listing in the form of <see cref="EntryInfo"/>. A folder can have millions of files: those without rare fields need
/// no object each.
/// </summary>
internal static class ListItemJson
{
    private static readonly JsonEncodedText Path = JsonEncodedText.Encode("path");
    private static readonly JsonEncodedText Kind = JsonEncodedText.Encode("kind");
    private static readonly JsonEncodedText File = JsonEncodedText.Encode(EntryKinds.File);
    private static readonly JsonEncodedText Hash = JsonEncodedText.Encode("hash");
    private static readonly JsonEncodedText Size = JsonEncodedText.Encode("size");
    private static readonly JsonEncodedText Modified = JsonEncodedText.Encode("modified");
    private static readonly JsonEncodedText Executable = JsonEncodedText.Encode("executable");

    public static void Write(Utf8JsonWriter writer, ListItem item)
    {
        if (item.Entry is { Kind: EntryKind.File, IsPending: false, ContentType: null, UserMetadata: null } file && !item.IsVirtual)
        {
            WriteFile(writer, item.Path, file);
        }
        else
        {
            JsonSerializer.Serialize(writer, EntryDocuments.From(item), HutchJson.Default.EntryInfo);
        }
    }

    // The fields have the order of EntryInfo.
    private static void WriteFile(Utf8JsonWriter writer, string path, Entry file)
    {
        Span<byte> digits = stackalloc byte[BlobHash.TextLength];
        file.Hash.Format(digits);
        writer.WriteStartObject();
        writer.WriteString(Path, path);
        writer.WriteString(Kind, File);
        writer.WriteString(Hash, digits);
        writer.WriteNumber(Size, file.Size);
        if (file.ModifiedNanoseconds != 0)
        {
            writer.WriteNumber(Modified, file.ModifiedNanoseconds);
        }

        if (file.Executable)
        {
            writer.WriteBoolean(Executable, true);
        }

        writer.WriteEndObject();
    }
}
