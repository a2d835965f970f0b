using Hutch.Model.Bags;
using Hutch.Publishing.Works;

namespace Hutch.Api.Bags;

/// <summary>
/// The members of a BagIt bag (RFC 8493) of a version beside its files. The manifest names all files of the version, also those whose
/// stored bytes turn out to be damaged: a bag without them must not pass for complete.
/// </summary>
internal sealed class VersionBag : IDisposable
{
    public const string Parameter = "bagit";

    /// <summary>The tag file with the metadata document of the dataset.</summary>
    public const string Metadata = "metadata.json";

    /// <summary>The tag file with the links. A payload has files only: a link in it would be a file that no manifest lists.</summary>
    public const string Links = "symbolic-links.txt";

    private readonly Func<CancellationToken, IAsyncEnumerable<PathEntry>> _entries;
    private readonly LineFile _manifest = new(BagFormat.Manifest, ToManifestLine);
    private readonly LineFile _links = new(Links, ToLinkLine);
    private readonly SortedDictionary<string, BlobHash> _tagFiles = new(StringComparer.Ordinal);
    private long _bytes;

    private VersionBag(string root, Func<CancellationToken, IAsyncEnumerable<PathEntry>> entries) => (Root, _entries) = (root, entries);

    /// <summary>The folder of the bag, with a slash at its end.</summary>
    public string Root { get; }

    /// <summary>Reads the entries of a version once, to know the size of the manifest.</summary>
    public static async Task<VersionBag> MeasureAsync(
        string name, Func<CancellationToken, IAsyncEnumerable<PathEntry>> entries, CancellationToken ct)
    {
        var bag = new VersionBag(name + "/", entries);
        await foreach (PathEntry entry in entries(ct))
        {
            bag._manifest.Count(entry);
            bag._links.Count(entry);
            bag._bytes += entry.Entry.Kind == EntryKind.File ? entry.Entry.Size : 0;
        }

        return bag;
    }

    public static bool IsPayload(PathEntry entry) => entry.Entry.Kind != EntryKind.SymbolicLink;

    public string NameOf(string path) => Root + BagFormat.Payload + path;

    /// <summary>The members before the payload, so that a program which reads the stream knows what it has to expect.</summary>
    public IEnumerable<ArchiveMember> Begin(BagSubject subject)
    {
        yield return Add(BagFormat.Declaration, BagFormat.DeclarationBytes.ToArray());
        yield return Add(BagFormat.Info, Encoding.UTF8.GetBytes(Describe(subject)));
        yield return Add(_manifest);
        if (_links.Lines > 0)
        {
            yield return Add(_links);
        }

        if (subject.Metadata is { } metadata)
        {
            yield return Add(Metadata, Encoding.UTF8.GetBytes(metadata));
        }

        // A bag has this folder even when it is empty.
        yield return ArchiveMember.Of(Root + BagFormat.Payload, default);
    }

    /// <summary>Adds a tag file.</summary>
    public ArchiveMember Add(string name, byte[] bytes)
    {
        _tagFiles.Add(name, BlobHash.Compute(bytes));
        return ArchiveMember.Of(Root + name, bytes);
    }

    /// <summary>The last member: the manifest of all tag files that were added.</summary>
    public ArchiveMember End() => ArchiveMember.Of(
        Root + BagFormat.TagManifest, _tagFiles.SelectMany(static one => BagFormat.Line(one.Value, one.Key)).ToArray());

    public void Dispose()
    {
        _manifest.Dispose();
        _links.Dispose();
    }

    private ArchiveMember Add(LineFile file)
    {
        _tagFiles.Add(file.Name, file.Hash);
        return file.ToMember(Root, _entries);
    }

    /// <summary>The reserved fields of section 2.2.2 whose values are known.</summary>
    private string Describe(BagSubject subject)
    {
        var text = new StringBuilder();
        Field("Source-Organization", subject.Work?.Description.Publisher);
        Field("External-Description", subject.Description);
        Field("Bagging-Date", subject.Time?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        Field("External-Identifier", $"{subject.Dataset}@{WorkText.Number(subject.Snapshot)}");
        Field("External-Identifier", subject.Work?.Identifier);
        Field("Payload-Oxum", string.Create(CultureInfo.InvariantCulture, $"{_bytes}.{_manifest.Lines}"));
        Field("Internal-Sender-Identifier", $"{subject.Name}@{WorkText.Number(subject.Snapshot)}");
        Field("Internal-Sender-Description", _links.Lines == 0 ? null : string.Create(
            CultureInfo.InvariantCulture, $"Symbolic links are not in the payload. {Links} lists them ({_links.Lines})."));
        return text.ToString();

        void Field(string label, string? value)
        {
            if (!string.IsNullOrWhiteSpace(value))
            {
                text.Append(BagFormat.Field(label, value));
            }
        }
    }

    private static byte[]? ToManifestLine(PathEntry entry) => entry.Entry.Kind == EntryKind.File
        ? BagFormat.Line(entry.Entry.Hash, BagFormat.Payload + entry.Path.Value)
        : null;

    /// <summary>The path of a link, a tab and its target; in both, a tab is percent-encoded too.</summary>
    private static byte[]? ToLinkLine(PathEntry entry) => entry.Entry.Kind == EntryKind.SymbolicLink
        ? Encoding.UTF8.GetBytes($"{Encode(BagFormat.Payload + entry.Path.Value)}\t{Encode(entry.Entry.Target!)}\n")
        : null;

    private static string Encode(string text) => BagFormat.EncodePath(text).Replace("\t", "%09", StringComparison.Ordinal);
}

/// <summary>The version that a bag describes.</summary>
/// <param name="Name">The full name of the dataset.</param>
/// <param name="Description">A sentence about the content.</param>
/// <param name="Time">The time of the version; null if unknown.</param>
/// <param name="Work">Its publication; null for none.</param>
/// <param name="Metadata">The metadata document of the dataset; null for none.</param>
internal sealed record BagSubject(
    DatasetId Dataset, long Snapshot, string Name, string Description, DateTimeOffset? Time, PublishedWork? Work, string? Metadata);
