using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Hutch.Mount.Trees;

/// <summary>
/// Reads lines of a folder (<see cref="EntryInfo"/>) into a listing. Plain files, as our servers write them, need no object and no string:
/// a million are read in a fraction of a second.
/// </summary>
/// <param name="prefix">The folder's path with its slash, which every path of the lines begins with.</param>
internal sealed class ListingReader(string prefix)
{
    private static readonly SearchValues<byte> PlainText = SearchValues.Create(
        [.. Enumerable.Range(' ', '~' - ' ' + 1).Where(letter => letter is not ('"' or '\\')).Select(letter => (byte)letter)]);

    private readonly FolderListing.Builder _listing = new();
    private readonly byte[] _prefix = Encoding.UTF8.GetBytes(prefix);

    internal string Prefix => prefix;

    /// <summary>The path of the last line; null before the first.</summary>
    internal string? Last { get; private set; }

    /// <summary>Adds whole lines, all or none; returns all entries up to now.</summary>
    /// <exception cref="BadAnswerException">They are no lines of this folder.</exception>
    internal FolderListing Read(ReadOnlySpan<byte> lines)
    {
        int known = _listing.Count;
        try
        {
            int last = lines[..^1].LastIndexOf((byte)'\n') + 1;
            AddAll(lines);
            Last = Parse(lines[last..]).Path;
            return Build();
        }
        catch (BadAnswerException)
        {
            _listing.Truncate(known); // they may be requested again
            throw;
        }
    }

    internal FolderListing Build() => _listing.Build();

    private void AddAll(ReadOnlySpan<byte> lines)
    {
        while (!lines.IsEmpty)
        {
            if (!TryReadPlainFile(ref lines))
            {
                ReadLine(ref lines);
            }
        }
    }

    private bool TryReadPlainFile(ref ReadOnlySpan<byte> lines)
    {
        ReadOnlySpan<byte> rest = lines;
        if (!TrySkip(ref rest, "{\"path\":\""u8) || !TryReadText(ref rest, out ReadOnlySpan<byte> path)
            || !TrySkip(ref rest, ",\"kind\":\"file\",\"hash\":\""u8) || !TryReadText(ref rest, out ReadOnlySpan<byte> digits)
            || !BlobHash.TryParseLower(digits, out BlobHash hash)
            || !TrySkip(ref rest, ",\"size\":"u8) || !TryReadNumber(ref rest, out long size))
        {
            return false;
        }

        long modified = 0;
        if (TrySkip(ref rest, ",\"modified\":"u8) && !TryReadNumber(ref rest, out modified))
        {
            return false;
        }

        bool executable = TrySkip(ref rest, ",\"executable\":true"u8);
        if ((TrySkip(ref rest, ",\"contentType\":\""u8) && !TryReadText(ref rest, out _)) || !TrySkip(ref rest, "}\n"u8))
        {
            return false;
        }

        _listing.Add(NameIn(path), EntryFacts.Of(EntryType.File, hash, size, modified, executable, target: null));
        lines = rest;
        return true;
    }

    private void ReadLine(ref ReadOnlySpan<byte> lines)
    {
        int end = lines.IndexOf((byte)'\n') + 1;
        EntryInfo entry = Parse(lines[..end]);
        bool isFolder = entry.Kind == EntryKinds.Prefix;
        byte[] path = Encoding.UTF8.GetBytes(isFolder ? entry.Path.TrimEnd('/') : entry.Path);
        _listing.Add(NameIn(path), isFolder ? EntryFacts.Folder : EntryFacts.From(entry));
        lines = lines[end..];
    }

    private static EntryInfo Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, HutchJson.Default.EntryInfo) ?? throw NotRead();
        }
        catch (JsonException e)
        {
            throw NotRead(e);
        }
    }

    private ReadOnlySpan<byte> NameIn(ReadOnlySpan<byte> path)
    {
        ReadOnlySpan<byte> name = path.StartsWith(_prefix) ? path[_prefix.Length..] : default;
        return !name.IsEmpty && name.Length <= DatasetPath.MaxBytes && !name.Contains((byte)'/') ? name : throw NotRead();
    }

    private static BadAnswerException NotRead(Exception? cause = null) =>
        new("The server sent a line of a folder that cannot be read.", cause);

    private static bool TrySkip(ref ReadOnlySpan<byte> text, ReadOnlySpan<byte> start)
    {
        bool isThere = text.StartsWith(start);
        text = isThere ? text[start.Length..] : text;
        return isThere;
    }

    /// <summary>Reads the rest of a string without escapes.</summary>
    private static bool TryReadText(ref ReadOnlySpan<byte> text, out ReadOnlySpan<byte> found)
    {
        int end = text.IndexOfAnyExcept(PlainText);
        bool isPlain = end >= 0 && text[end] == '"';
        found = isPlain ? text[..end] : default;
        text = isPlain ? text[(end + 1)..] : text;
        return isPlain;
    }

    private static bool TryReadNumber(ref ReadOnlySpan<byte> text, out long number)
    {
        bool isNumber = Utf8Parser.TryParse(text, out number, out int used);
        text = text[used..];
        return isNumber;
    }
}
