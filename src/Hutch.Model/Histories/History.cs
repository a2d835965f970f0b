using System.Buffers;
using System.Text.Json;

namespace Hutch.Model.Histories;

/// <summary>
/// Everything that happened to a dataset and lasts, as one document: <c>hutch-history 1</c>, then one fact a line. Replication and
/// moves use it alike; backups copy the log that it is made from. See docs/formats/history.md.
/// </summary>
public sealed class History
{
    /// <summary>The largest document that is written or read, bytes.</summary>
    public const int MaxBytes = 64 << 20;

    /// <summary>The first line, with its line feed.</summary>
    internal static ReadOnlySpan<byte> Header => "hutch-history 1\n"u8;

    internal History(ReadOnlyMemory<byte> bytes, IReadOnlyList<HistoryFact> facts, IReadOnlyList<ReadOnlyMemory<byte>> unknown)
    {
        Bytes = bytes;
        Unknown = unknown;
        Hash = BlobHash.Of(bytes.Span);
        Dataset = facts.OfType<DatasetFact>().Single();
        Parents = [.. facts.OfType<ParentFact>()];
        Metadata = [.. facts.OfType<MetadataFact>()];
        Snapshots = [.. facts.OfType<SnapshotFact>()];
        Tags = [.. facts.OfType<TagFact>()];
        Repository = facts.OfType<RepositoryFact>().SingleOrDefault();
        Keys = facts.OfType<KeysFact>().SingleOrDefault();
        Runs = [.. facts.OfType<RunFact>()];
        Pages = facts.OfType<PagesFact>().SingleOrDefault() ?? new PagesFact(0, 0);
    }

    /// <summary>The document.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The SHA-256 of the document: its name.</summary>
    public BlobHash Hash { get; }

    public DatasetFact Dataset { get; }

    public IReadOnlyList<ParentFact> Parents { get; }

    /// <summary>Versions of the metadata, the oldest first.</summary>
    public IReadOnlyList<MetadataFact> Metadata { get; }

    /// <summary>The snapshots, the oldest first.</summary>
    public IReadOnlyList<SnapshotFact> Snapshots { get; }

    public IReadOnlyList<TagFact> Tags { get; }

    /// <summary>What git brought; null when it brought nothing.</summary>
    public RepositoryFact? Repository { get; }

    /// <summary>The keys of git-annex whose content it keeps; null when there are none.</summary>
    public KeysFact? Keys { get; }

    /// <summary>Runs that wrote to it, in the order in which they began.</summary>
    public IReadOnlyList<RunFact> Runs { get; }

    public PagesFact Pages { get; }

    /// <summary>The trees of the snapshots, and of what git brought.</summary>
    public IEnumerable<TreeRoot> Trees
    {
        get
        {
            foreach (SnapshotFact snapshot in Snapshots)
            {
                yield return snapshot.Tree;
            }

            if (Repository is not null)
            {
                yield return Repository.Tree;
            }
        }
    }

    /// <summary>Lines that this release does not know, without their line feeds; they are passed on as they came.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Unknown { get; }

    /// <summary>
    /// The runs of which an earlier document does not say the same, word for word. There may be ten thousand, of which a new version
    /// changes one or none.
    /// </summary>
    public IReadOnlyList<RunFact> RunsSince(ReadOnlySpan<byte> earlier)
    {
        var before = new HashSet<BlobHash>();
        foreach (Range line in earlier.Split((byte)'\n'))
        {
            before.Add(BlobHash.Of(earlier[line]));
        }

        return [.. Runs.Where(run => !before.Contains(BlobHash.Of(run.Line.Span)))];
    }

    /// <summary>Writes a history; a refusal when the facts make none, or one that is too large.</summary>
    /// <param name="facts">What is known: the dataset first.</param>
    /// <param name="unknown">Lines of a newer release, to be passed on.</param>
    public static Result<History> Write(IEnumerable<HistoryFact> facts, IReadOnlyList<ReadOnlyMemory<byte>> unknown)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(unknown);
        var output = new ArrayBufferWriter<byte>(4096);
        output.Write(Header);
        using (var json = new Utf8JsonWriter(output))
        {
            foreach (HistoryFact fact in facts)
            {
                JsonSerializer.Serialize(json, fact, HistoryJson.Default.HistoryFact);
                json.Flush();
                json.Reset();
                output.Write("\n"u8);
            }
        }

        foreach (ReadOnlyMemory<byte> line in unknown)
        {
            output.Write(line.Span);
            output.Write("\n"u8);
        }

        return Parse(output.WrittenMemory);
    }

    /// <summary>Reads a history that may come from anywhere; the refusal names the line and what is wrong with it.</summary>
    public static Result<History> Parse(ReadOnlyMemory<byte> bytes) => new HistoryParser(bytes).Parse();
}
