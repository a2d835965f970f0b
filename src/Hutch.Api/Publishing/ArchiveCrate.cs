using Hutch.Api.Bags;
using Hutch.Api.Http;
using Hutch.Datasets.Programs;
using Hutch.Model.Bags;
using Hutch.Model.Publications;
using Hutch.Publishing.Metadata;
using Hutch.Publishing.Works;
using Hutch.Zone.Publishing;

namespace Hutch.Api.Publishing;

/// <summary>
/// The description of an archive inside it. By default only an archive of a whole published version has it; a request can add or omit it.
/// If the dataset has a file of its name, the archive gets that file and no description.
/// </summary>
internal sealed class ArchiveCrate
{
    public const string Parameter = "crate";

    public const string Name = RoCrate.FileName;

    /// <summary>Files that it describes: some 300 bytes each, in memory for a moment.</summary>
    private const int MaxFiles = 10_000;

    private readonly ApiRequest _request;
    private readonly FixedTree _tree;
    private readonly DatasetDescription _dataset;
    private readonly PublishedWork? _work;
    private bool _isTaken;

    private ArchiveCrate(ApiRequest request, FixedTree tree, DatasetDescription dataset, PublishedWork? work) =>
        (_request, _tree, _dataset, _work) = (request, tree, dataset, work);

    /// <summary>The crate of an archive; null when it gets none.</summary>
    /// <param name="work">The publication of the version; null for none.</param>
    /// <param name="bag">The bag that the archive is; null for none. It gets a crate by default, with the same bytes each time.</param>
    public static async Task<ArchiveCrate?> FindAsync(
        RerunService reruns, ApiRequest request, FixedTree tree, DatasetDescription dataset, PublishedWork? work, BagSubject? bag)
    {
        bool isWanted = request.Query(Parameter) is null
            ? bag is not null || (work is not null && IsWhole(request))
            : request.Flag(Parameter);
        return isWanted
            ? new ArchiveCrate(request, tree, dataset, work)
            {
                Reruns = await RerunsAsync(reruns, request, tree),
                Folder = bag is null ? "" : BagFormat.Payload,
                GivenAt = bag?.Time ?? request.Api.Options.Time.GetUtcNow(),
            }
            : null;
    }

    /// <summary>True if a request wants all paths of a version.</summary>
    public static bool IsWhole(ApiRequest request) =>
        string.IsNullOrEmpty(request.Query("prefix")) && !request.QueryAll("path").Any();

    /// <summary>The folder of the files, seen from the document, as a prefix.</summary>
    private string Folder { get; init; } = "";

    /// <summary>The date that an unpublished version states.</summary>
    private DateTimeOffset GivenAt { get; init; }

    private IReadOnlyList<CrateRerun> Reruns { get; init; } = [];

    /// <summary>Notes a path of the archive: the dataset's own file of this name stays, however its capitals are.</summary>
    public void Pass(string path)
    {
        int slash = path.IndexOf('/', StringComparison.Ordinal);
        ReadOnlySpan<char> top = slash < 0 ? path : path.AsSpan(0, slash);
        _isTaken |= top.Equals(Name, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The document, after all paths have been noted; null when the name is taken.</summary>
    public async Task<byte[]?> WriteAsync(IAsyncEnumerable<PathEntry> entries, CancellationToken ct)
    {
        if (_isTaken)
        {
            return null;
        }

        List<CrateFile> files = await entries.Where(static one => one.Entry.Kind == EntryKind.File).Take(MaxFiles)
            .Select(one => new CrateFile(
                Folder + one.Path.Value, one.Entry.Size, FileTypes.For(one.Path.Value, one.Entry),
                one.Entry.IsPending ? null : one.Entry.Hash))
            .ToListAsync(ct);
        var version = new CrateVersion(
            _dataset.Id, _dataset.Name.FullName, _dataset.Record.Title, _tree.Number,
            DateTimeOffset.FromUnixTimeMilliseconds(_dataset.Record.Created), GivenAt, files)
        {
            Reruns = Reruns,
        };
        return AttachedCrate.Write(version, _work);
    }

    /// <summary>Returns the trusted statements about reruns of this version.</summary>
    private static async Task<IReadOnlyList<CrateRerun>> RerunsAsync(RerunService reruns, ApiRequest request, FixedTree tree) =>
        (await reruns.ListAsync(request.Caller, tree.Dataset, request.Aborted)).TryGet(out IReadOnlyList<VisibleStatement>? all, out _)
            ?
            [
                .. all.Where(one => one is { IsTrusted: true, Statement: { } said }
                        && said.Dataset == tree.Dataset && said.Tree == tree.Root.Page)
                    .Select(static one => new CrateRerun(
                        one.Statement!.Sentence, one.Statement.Site, one.Statement.At, one.Kept.Document!, one.Kept.Proof!)),
            ]
            : [];

    /// <summary>The publication of a version; null for none.</summary>
    public static async Task<PublishedWork?> WorkAsync(PublicationService publications, ApiRequest request, FixedTree tree)
    {
        Result<PublicationStatus> found = await publications.FindPublishedAsync(tree.Dataset, request.Aborted);
        return found.TryGet(out PublicationStatus? standing, out _)
            && standing.Record is { State: PublicationStage.Published, Version: { } version } && version.Data.Snapshot == tree.Number
            ? new WorkBuilder(
                new ReadPublication(standing, null, IsOver: false), path => PortalAddress.For(request, path),
                request.Api.Options.Time.GetUtcNow()).Build()
            : null;
    }
}
