using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Heads;
using Hutch.Site.Write.Repositories;

namespace Hutch.Site.Write.Pushes;

/// <summary>
/// The end of a push in the making: its changes come in portions, so that memory does not grow with their number. None of it is visible
/// before <see cref="FinishAsync(string?, CancellationToken)"/>. For one thread.
/// </summary>
/// <remarks>
/// As long as portions come in the order of the paths, each is applied to the tree of the portions before, and writes each page once. From
/// the first one out of order, changes are collected and sorted first. Applied as they come, each portion would write most pages of the
/// tree again.
/// </remarks>
public sealed class PushCommit(
    PushCommits commits, PushChangeChecks checks, IDisposable operation, SiteSession session, SiteDataset head,
    Func<CancellationToken, Task<IReadOnlyList<TreeView>>> readable) : IDisposable
{
    public const int PortionChanges = 65_536;

    private IReadOnlyList<TreeView>? _views;
    private MadeTree _made = new(head.Root);
    private DatasetPath? _last;
    private ChangeSorter? _sorter;

    public long Changes { get; private set; }

    /// <summary>
    /// The attempt of a run that this push ends: both are in one commit, which is refused unless the attempt is the newest one. Null for
    /// all other pushes.
    /// </summary>
    public AttemptEnd? End { get; init; }

    public void Dispose()
    {
        _sorter?.Dispose();
        operation.Dispose();
    }

    /// <summary>
    /// Takes the next changes, each path once, in any order; in that of their paths costs least. What replaces a directory by a file, or
    /// the reverse, comes after the removals that make room for it, or in the same portion.
    /// </summary>
    /// <returns>A refusal ends the commit; nothing was changed.</returns>
    public async Task<Result<Done>> AddAsync(IReadOnlyList<TreeChange> portion, CancellationToken ct)
    {
        Changes += portion.Count;
        if (await checks.FindFaultAsync(session, portion, Changes, ViewsAsync, ct) is { } fault)
        {
            return fault;
        }

        if (head.Expires is not null && await checks.MakeLastAsync(portion, ct) is { } refusal)
        {
            return refusal;
        }

        if (_sorter is null && FollowsInOrder(portion))
        {
            return await ApplyAsync(portion, ct);
        }

        try
        {
            _sorter ??= commits.NewSorter();
            _sorter.Add(portion);
            return Done.Value;
        }
        catch (DiskFullException)
        {
            return ErrorCode.InsufficientStorage.With(
                "No space left on the server's disk to sort the changes of this push. Nothing was changed. "
                + "Changes sent in the order of their paths need none.");
        }
    }

    /// <summary>Swaps the head. Either all changes are in the snapshot that is returned, or none is anywhere.</summary>
    /// <param name="message">What its author says of it.</param>
    /// <param name="ct">Cancels, until the swap is on its way to the disk.</param>
    public Task<Result<SiteSnapshot>> FinishAsync(string? message, CancellationToken ct) => FinishAsync(message, null, ct);

    /// <summary>The same, together with a change of the dataset's git repository.</summary>
    /// <param name="message">The author's message.</param>
    /// <param name="repository">The change of the repository; null if it stays.</param>
    /// <param name="ct">Cancels, until the swap is on its way to the disk.</param>
    public async Task<Result<SiteSnapshot>> FinishAsync(string? message, RepositoryChange? repository, CancellationToken ct)
    {
        // Removals first: they make room.
        foreach (bool removals in (bool[])[true, false])
        {
            Result<Done> applied = await ApplySortedAsync(removals, ct);
            if (!applied.IsOk)
            {
                return applied.Error;
            }
        }

        return await commits.SwapAsync(session, head, _made, message, repository, End, ct);
    }

    private bool FollowsInOrder(IReadOnlyList<TreeChange> portion)
    {
        if (portion.Count == 0)
        {
            return true;
        }

        DatasetPath first = portion.Min(static change => change.Path);
        if (_last is { } last && first <= last)
        {
            return false;
        }

        _last = portion.Max(static change => change.Path);
        return true;
    }

    private async Task<Result<Done>> ApplySortedAsync(bool removals, CancellationToken ct)
    {
        foreach (Result<IReadOnlyList<TreeChange>> portion in _sorter?.Read(removals, PortionChanges) ?? [])
        {
            Result<Done> applied = portion.IsOk ? await ApplyAsync(portion.Value, ct) : portion.Error;
            if (!applied.IsOk)
            {
                return applied;
            }
        }

        return Done.Value;
    }

    private async Task<Result<Done>> ApplyAsync(IReadOnlyList<TreeChange> portion, CancellationToken ct)
    {
        Result<MadeTree> applied = await commits.ApplyAsync(_made.Root, portion, ct);
        if (!applied.IsOk)
        {
            return applied.Error;
        }

        _made = applied.Value.After(_made);
        return Done.Value;
    }

    private async Task<IReadOnlyList<TreeView>> ViewsAsync(CancellationToken ct) => _views ??= await readable(ct);
}
