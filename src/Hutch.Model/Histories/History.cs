using System.Buffers;

namespace Hutch.Model.Histories;

/// <summary>
/// All lasting facts about a dataset in one document: <c>hutch-history 1</c>, then one fact per line. Replication and moves of homes use
/// it; backups copy the journal from which it is made. See docs/formats/history.md.
/// </summary>
public sealed class History
{
    /// <summary>The largest document that is written or read, in bytes.</summary>
    public const int MaxBytes = 64 << 20;

    /// <summary>The first line, with its line feed.</summary>
    internal static ReadOnlySpan<byte> Header => "hutch-history 1\n"u8;

    internal History(ReadOnlyMemory<byte> bytes, IReadOnlyList<HistoryFact> facts, IReadOnlyList<ReadOnlyMemory<byte>> unknown)
    {
        Bytes = bytes;
        Unknown = unknown;
        Hash = BlobHash.Compute(bytes.Span);
        Dataset = facts.OfType<DatasetFact>().Single();
        Parents = [.. facts.OfType<ParentFact>()];
        Metadata = [.. facts.OfType<MetadataFact>()];
        Snapshots = [.. facts.OfType<SnapshotFact>()];
        Tags = [.. facts.OfType<TagFact>()];
        Repository = facts.OfType<RepositoryFact>().SingleOrDefault();
        Keys = facts.OfType<KeysFact>().SingleOrDefault();
        Runs = [.. facts.OfType<RunFact>()];
        Statements = [.. facts.OfType<StatementFact>()];
        Pages = facts.OfType<PagesFact>().SingleOrDefault() ?? new PagesFact(0, 0);
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The SHA-256 of the document, which is its name.</summary>
    public BlobHash Hash { get; }

    public DatasetFact Dataset { get; }

    public IReadOnlyList<ParentFact> Parents { get; }

    /// <summary>Versions of the metadata, oldest first.</summary>
    public IReadOnlyList<MetadataFact> Metadata { get; }

    /// <summary>The snapshots, oldest first.</summary>
    public IReadOnlyList<SnapshotFact> Snapshots { get; }

    public IReadOnlyList<TagFact> Tags { get; }

    public RepositoryFact? Repository { get; }

    /// <summary>The git-annex keys whose content the dataset has; null for none.</summary>
    public KeysFact? Keys { get; }

    /// <summary>The runs that wrote to the dataset, in the order of their start.</summary>
    public IReadOnlyList<RunFact> Runs { get; }

    /// <summary>The statements of sites about reruns.</summary>
    public IReadOnlyList<StatementFact> Statements { get; }

    public PagesFact Pages { get; }

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

    /// <summary>Lines that this release does not know, without their line feeds; they are passed on unchanged.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Unknown { get; }

    /// <summary>The runs that an earlier document lacks or has differently: of maybe ten thousand, a new version changes few.</summary>
    public IReadOnlyList<RunFact> RunsSince(ReadOnlySpan<byte> earlier)
    {
        var before = new HashSet<BlobHash>();
        foreach (Range line in earlier.Split((byte)'\n'))
        {
            before.Add(BlobHash.Compute(earlier[line]));
        }

        return [.. Runs.Where(run => !before.Contains(BlobHash.Compute(run.Line.Span)))];
    }

    /// <summary>Writes a history; an error if the facts are inconsistent, or if the document is too large.</summary>
    /// <param name="unknown">Lines of a newer release, which are passed on.</param>
    public static Result<History> Write(IEnumerable<HistoryFact> facts, IReadOnlyList<ReadOnlyMemory<byte>> unknown)
    {
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

    /// <summary>Parses a history from any source; the error names the line and the fault.</summary>
    public static Result<History> Parse(ReadOnlyMemory<byte> bytes) => new HistoryParser(bytes).Parse();
}
