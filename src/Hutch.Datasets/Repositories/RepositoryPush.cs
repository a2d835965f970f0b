using System.Buffers;
using System.IO.Pipelines;
using Hutch.Site.Write.Pushes;
using Hutch.Site.Write.Repositories;

namespace Hutch.Datasets.Repositories;

/// <summary>
/// An incoming push of git: its bytes are stored as they come, and are not visible before <see cref="CommitAsync"/>. When it ends without
/// that, it has changed nothing. For one thread.
/// </summary>
public sealed class RepositoryPush : IAsyncDisposable
{
    private const int MaxGranted = 10_000;

    private readonly Caller? _caller;
    private readonly long _through;
    private readonly SiteSession _session;
    private readonly Reauthorizer _reauthorizer;
    private readonly PushedBlobs _blobs;
    private readonly PushSessions _pushes;
    private readonly PushCommits _commits;
    private readonly RepositoryWriter _writer;
    private readonly HeadReader _heads;
    private readonly HashSet<BlobHash> _held = [];
    private bool _isCommitted;

    internal RepositoryPush(
        Caller? caller, SiteDataset dataset, long through, SiteSession session, PushedBlobs blobs, Reauthorizer reauthorizer,
        PushSessions pushes, PushCommits commits, RepositoryWriter writer, HeadReader heads)
    {
        _caller = caller;
        Dataset = dataset;
        (_through, _session, _reauthorizer, _blobs, _pushes) = (through, session, reauthorizer, blobs, pushes);
        (_commits, _writer, _heads) = (commits, writer, heads);
    }

    public SiteDataset Dataset { get; }

    public ValueTask<Entry?> FindAsync(DatasetPath path, CancellationToken ct) => _heads.Tree.FindAsync(Dataset.Root, path, ct);

    /// <summary>Stores the bytes of a file.</summary>
    public async Task<Entry> AddAsync(ReadOnlyMemory<byte> content, CancellationToken ct) =>
        await AddAsync(PipeReader.Create(new ReadOnlySequence<byte>(content)), content.Length, ct);

    /// <summary>Stores the bytes of a file.</summary>
    public Task<Entry> AddAsync(PipeReader content, long length, CancellationToken ct) => _blobs.AddAsync(content, length, ct);

    /// <summary>A file of content that the dataset was found to hold already.</summary>
    public Entry Hold(BlobHash hash, long size)
    {
        _held.Add(hash);
        return Entry.File(hash, size);
    }

    /// <summary>Makes all of it the newest version or, without changes of files, only sets the repository: all or nothing.</summary>
    /// <param name="changes">What changes in the head; null when the head stays and there is no version.</param>
    /// <param name="ct">Cancels, until it is on its way to the disk.</param>
    public async Task<Result<Done>> CommitAsync(
        IReadOnlyList<TreeChange>? changes, string? message, IReadOnlyList<TreeChange> files, IReadOnlyList<(string, long)> tags,
        CancellationToken ct)
    {
        await _blobs.StoreAsync(ct);
        if (await FindGoneAsync(ct) is { } gone)
        {
            return gone;
        }

        using PushCommit commit = (await _commits.BeginAsync(_session, ReadableAsync, ct)).Value;
        Result<TreeRoot> root = await _writer.ApplyAsync(Dataset.Repository ?? TreeRoot.Empty, files, ct);
        if (!root.IsOk)
        {
            return root.Error;
        }

        foreach (TreeChange[] portion in InOrder(changes ?? []))
        {
            Result<Done> added = await commit.AddAsync(portion, ct);
            if (!added.IsOk)
            {
                return added.Error;
            }
        }

        if (_caller is not null && await _reauthorizer.CheckAsync(_caller, Dataset.Id, ct) is { } lost)
        {
            return lost;
        }

        var change = new RepositoryChange(Dataset.Repository, root.Value, changes is null ? 0 : Dataset.LastNumber + 1, _through, tags);
        Result<Done> done = changes is null
            ? await _writer.SetAsync(_session, change, ct)
            : (await commit.FinishAsync(message, change, ct)).Then<Done>(static _ => Done.Value);
        _isCommitted = done.IsOk;
        return done;
    }

    public async ValueTask DisposeAsync()
    {
        _blobs.Dispose();
        if (!_isCommitted)
        {
            await _pushes.AbortAsync(_session.Id, _session.Author, CancellationToken.None);
        }
    }

    /// <summary>Removals first: they make room.</summary>
    private static IEnumerable<TreeChange[]> InOrder(IReadOnlyList<TreeChange> changes) =>
        changes.Count <= PushCommit.PortionChanges
            ? [[.. changes]]
            : changes.Where(static change => change.Entry is null).Chunk(PushCommit.PortionChanges)
                .Concat(changes.Where(static change => change.Entry is not null).Chunk(PushCommit.PortionChanges));

    /// <summary>Lets the push name what the dataset holds; a refusal when some of it is no longer stored.</summary>
    private async Task<HutchError?> FindGoneAsync(CancellationToken ct)
    {
        foreach (BlobHash[] some in _held.Chunk(MaxGranted))
        {
            Result<IReadOnlyList<BlobHash>> granted = await _pushes.GrantAsync(_session.Id, some, ct);
            if (!granted.IsOk || granted.Value.Count < some.Length)
            {
                return granted.Error ?? ErrorCode.Conflict.With("Content that was here is no longer stored, or damaged. Push again.");
            }
        }

        return null;
    }

    private async Task<IReadOnlyList<TreeView>> ReadableAsync(CancellationToken ct) =>
        [(await _heads.ResolveAsync(Dataset.Id, null, ct)).Value];
}
