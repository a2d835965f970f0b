using System.Collections.Immutable;

namespace Hutch.Model;

internal struct EntryFields
{
    private int _seen;
    private string? _kind;
    private BlobHash _hash;
    private long _size;
    private string? _target;
    private long _modified;
    private bool _executable;
    private bool _pending;
    private string? _contentType;
    private ImmutableSortedDictionary<string, string>? _metadata;

    public string? Path { get; private set; }

    /// <summary>Reads the value of the reader's current property; returns the error, or null.</summary>
    public string? Read(ref Utf8JsonReader reader)
    {
        // Listings read thousands of entries: nothing is made of a name that is one of ours.
        char key = Plain(reader) is [byte one] ? (char)one : Text(ref reader) is [char other] ? other : '\0';
        int bit = BitOf(key);
        if (bit == 0)
        {
            return $"it has an unknown field {Display.Quote(Text(ref reader) ?? "")}";
        }

        if ((_seen & bit) != 0)
        {
            return $"it has the field '{key}' twice";
        }

        _seen |= bit;
        reader.Read();
        return ReadValue(ref reader, key) ? null : $"its field '{key}' has an invalid value";
    }

    public readonly Entry? ToEntry(out string? missing)
    {
        missing = _kind switch
        {
            null => "its kind 'k' is missing",
            "f" => Has('h') && Has('s') ? null : "a file needs its hash 'h' and its size 's'",
            "l" => Has('t') ? null : "a link needs its target 't'",
            "e" => null,
            _ => "its kind 'k' must be 'f', 'l' or 'e'",
        };
        return missing is not null ? null : new Entry
        {
            Kind = _kind switch { "f" => EntryKind.File, "l" => EntryKind.SymbolicLink, _ => EntryKind.EmptyDirectory },
            Hash = _hash,
            Size = _size,
            Target = _target,
            ModifiedNanoseconds = _modified,
            Executable = _executable,
            IsPending = _pending,
            ContentType = _contentType,
            UserMetadata = _metadata,
        };
    }

    private readonly bool Has(char key) => (_seen & BitOf(key)) != 0;

    private static int BitOf(char key) =>
        key is 'p' or 'k' or 'h' or 's' or 'w' or 't' or 'm' or 'x' or 'c' or 'u' ? 1 << (key - 'a') : 0;

    private bool ReadValue(ref Utf8JsonReader reader, char key)
    {
        switch (key)
        {
            case 'p':
                return (Path = Text(ref reader)) is not null;
            case 'k':
                return (_kind = Plain(reader) is [(byte)'f'] ? "f" : Text(ref reader)) is not null;
            case 'h':
                return Plain(reader) is { IsEmpty: false } digits
                    ? BlobHash.TryParse(digits, out _hash)
                    : BlobHash.TryParse(Text(ref reader), out _hash);
            case 's':
                return reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out _size) && _size >= 0;
            case 't':
                return (_target = Text(ref reader)) is not null;
            case 'm':
                return reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out _modified);
            case 'x':
                _executable = reader.TokenType == JsonTokenType.True;
                return reader.TokenType is JsonTokenType.True or JsonTokenType.False;
            case 'w':
                _pending = reader.TokenType == JsonTokenType.True;
                return reader.TokenType is JsonTokenType.True or JsonTokenType.False;
            case 'c':
                return (_contentType = Text(ref reader)) is not null;
            default:
                return (_metadata = Metadata(ref reader)) is not null;
        }
    }

    // The bytes of a string without escapes in one segment; empty for any other string, which is read as text.
    private static ReadOnlySpan<byte> Plain(in Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && !reader.ValueIsEscaped && !reader.HasValueSequence
            ? reader.ValueSpan
            : default;

    // Null for anything but a string of valid Unicode; the reader alone would raise an exception for half a surrogate pair.
    private static string? Text(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
        {
            return null;
        }

        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static ImmutableSortedDictionary<string, string>? Metadata(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        var metadata = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string? name = Text(ref reader);
            reader.Read();
            if (name is null
                || Text(ref reader) is not { } value
                || metadata.Count == EntryRules.MaxUserMetadataNames
                || !metadata.TryAdd(name, value))
            {
                return null;
            }
        }

        return metadata.Count == 0 ? null : metadata.ToImmutable();
    }
}
