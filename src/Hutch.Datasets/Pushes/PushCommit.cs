using Hutch.Catalog.Site;
using Hutch.Datasets.Heads;
using Hutch.Model;
using Hutch.Model.Site;

namespace Hutch.Datasets.Pushes;

/// <summary>
/// The end of a push in the making: its changes are taken in portions, each applied to the tree that the ones before gave, so that memory
/// does not grow with their number. Nobody sees anything of it before <see cref="FinishAsync"/>. For one thread.
/// </summary>
public sealed class PushCommit : IDisposable
{
    /// <summary>The most changes in one portion.</summary>
    public const int PortionChanges = 65_536;

    private readonly PushSessions _pushes;
    private readonly IDisposable _operation;
    private readonly SiteSession _session;
    private readonly SiteDataset _head;
    private readonly Func<CancellationToken, Task<IReadOnlyList<TreeView>>> _readable;
    private IReadOnlyList<TreeView>? _views;
    private TreeRoot _root;

    internal PushCommit(
        PushSessions pushes,
        IDisposable operation,
        SiteSession session,
        SiteDataset head,
        Func<CancellationToken, Task<IReadOnlyList<TreeView>>> readable)
    {
        _pushes = pushes;
        _operation = operation;
        _session = session;
        _head = head;
        _readable = readable;
        _root = head.Root;
    }

    /// <summary>Changes taken so far.</summary>
    public long Changes { get; private set; }

    /// <inheritdoc/>
    public void Dispose() => _operation.Dispose();

    /// <summary>
    /// Takes the next changes, each path once. What replaces a directory by a file, or the reverse, comes after the removals that make
    /// room for it, or in the same portion.
    /// </summary>
    /// <returns>A refusal ends the commit; nothing was changed.</returns>
    public async Task<Result<Done>> AddAsync(IReadOnlyList<TreeChange> portion, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(portion);
        Changes += portion.Count;
        if (await _pushes.FindFaultAsync(_session, portion, Changes, ViewsAsync, ct) is { } fault)
        {
            return fault;
        }

        Result<TreeRoot> applied = await _pushes.ApplyAsync(_root, portion, ct);
        if (!applied.IsOk)
        {
            return applied.Error;
        }

        _root = applied.Value;
        return Done.Value;
    }

    /// <summary>Swaps the head. Either all changes are in the snapshot that is returned, or none is anywhere.</summary>
    /// <param name="message">What its author says of it.</param>
    /// <param name="ct">Cancels, until the swap is on its way to the disk.</param>
    public Task<Result<SiteSnapshot>> FinishAsync(string? message, CancellationToken ct) => _pushes.SwapAsync(_session, _head, _root, message, ct);

    private async Task<IReadOnlyList<TreeView>> ViewsAsync(CancellationToken ct) => _views ??= await _readable(ct);
}
