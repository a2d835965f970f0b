using System.Text.Json;

namespace Hutch.Mount.Trees;

/// <summary>
/// Reads pages of a folder (<see cref="TreeListing"/>) into a listing, without an object or a string for each of its names: a million of
/// them are read in a fraction of a second.
/// </summary>
/// <param name="prefixBytes">The length of the folder's path with its slash, which every path of the page begins with.</param>
internal sealed class ListingPageReader(FolderListing.Builder listing, int prefixBytes)
{
    private readonly byte[] _path = new byte[DatasetPath.MaxBytes + 1]; // a folder with its slash

    /// <summary>Adds the entries of a page; returns its <see cref="TreeListing.Next"/>.</summary>
    internal string? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return ReadPage(new Utf8JsonReader(json));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new BadAnswerException("The server sent a page of a folder that cannot be read.", e);
        }
    }

    private string? ReadPage(Utf8JsonReader json)
    {
        string? next = null;
        json.Read();
        Expect(json.TokenType == JsonTokenType.StartObject);
        while (NextProperty(ref json))
        {
            ReadOnlySpan<byte> name = json.ValueSpan;
            json.Read();
            if (name.SequenceEqual("items"u8))
            {
                Expect(json.TokenType == JsonTokenType.StartArray);
                while (NextItem(ref json))
                {
                    ReadEntry(ref json);
                }
            }
            else if (name.SequenceEqual("prefixes"u8))
            {
                Expect(json.TokenType == JsonTokenType.StartArray);
                while (NextItem(ref json))
                {
                    listing.Add(NameIn(_path.AsSpan(0, json.CopyString(_path)))[..^1], EntryFacts.Folder);
                }
            }
            else if (name.SequenceEqual("next"u8))
            {
                next = json.GetString();
            }
            else
            {
                json.Skip();
            }
        }

        return next;
    }

    private void ReadEntry(ref Utf8JsonReader json)
    {
        int path = 0;
        EntryType type = EntryType.File;
        BlobHash? hash = null;
        string? target = null;
        long size = 0, modified = 0;
        bool executable = false;
        Expect(json.TokenType == JsonTokenType.StartObject);
        while (NextProperty(ref json))
        {
            ReadOnlySpan<byte> name = json.ValueSpan;
            json.Read();
            if (name.SequenceEqual("path"u8))
            {
                path = json.CopyString(_path);
            }
            else if (name.SequenceEqual("kind"u8))
            {
                type = json.ValueTextEquals("file"u8) ? EntryType.File : EntryFacts.TypeOf(json.GetString());
            }
            else if (name.SequenceEqual("hash"u8))
            {
                hash = BlobHash.TryParse(json.ValueSpan, out BlobHash parsed) ? parsed : throw new FormatException("It has no SHA-256.");
            }
            else if (name.SequenceEqual("size"u8))
            {
                size = json.GetInt64();
            }
            else if (name.SequenceEqual("modified"u8))
            {
                modified = json.GetInt64();
            }
            else if (name.SequenceEqual("target"u8))
            {
                target = json.GetString();
            }
            else if (name.SequenceEqual("executable"u8))
            {
                executable = json.GetBoolean();
            }
            else
            {
                json.Skip();
            }
        }

        listing.Add(NameIn(_path.AsSpan(0, path)), EntryFacts.Of(type, hash, size, modified, executable, target));
    }

    private ReadOnlySpan<byte> NameIn(ReadOnlySpan<byte> path)
    {
        Expect(path.Length > prefixBytes);
        return path[prefixBytes..];
    }

    private static bool NextProperty(ref Utf8JsonReader json) => json.Read() && json.TokenType == JsonTokenType.PropertyName;

    private static bool NextItem(ref Utf8JsonReader json) => json.Read() && json.TokenType != JsonTokenType.EndArray;

    private static void Expect(bool condition)
    {
        if (!condition)
        {
            throw new FormatException("It is no page of a tree.");
        }
    }
}
