using Hutch.Client.Push;
using Hutch.Client.Transfers;
using Hutch.Client.Workspaces;
using Hutch.Model.Ignoring;

namespace Hutch.Client.Watching;

/// <summary>
/// Sends the files of a growing folder when they are finished, round by round. It never removes or replaces what others stored in the
/// dataset. Its state is in the folder's <c>.hutch</c>, so that it can be stopped at any moment and resumes. For one thread.
/// </summary>
public sealed class WatchEngine
{
    /// <summary>The most files whose quiet is measured at one time, and whose removal one round attempts.</summary>
    private const int MaxFiles = 16_384;

    private readonly HutchClient _client;
    private readonly Workspace _workspace;
    private readonly WatchOptions _options;
    private readonly NewReports _progress;
    private readonly FinishedFiles _finished;
    private readonly IgnoreList? _pattern;
    private readonly SentRemoval _removal;
    private bool _isRestored;
    private bool _isShortOfSpace;

    public WatchEngine(HutchClient client, Workspace workspace, WatchOptions options, ITransferProgress progress)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(progress);
        (_client, _workspace, _options, _progress) = (client, workspace, options, new NewReports(progress));
        _finished = new FinishedFiles(options.QuietFor, workspace.Time, MaxFiles);
        _pattern = options.FinishedWhen is { } pattern ? FolderMarkers.Parse(pattern) : null;
        _removal = new SentRemoval(client, workspace, options.SiteKey, _progress);
    }

    /// <summary>Scans once, sends what is finished, and removes what was sent before if the options say so.</summary>
    public async Task<WatchRound> RunAsync(CancellationToken cancellationToken)
    {
        long began = _workspace.Time.GetTimestamp();
        _workspace.Lock();
        if (!_isRestored)
        {
            _removal.Restore();
            _isRestored = true;
        }

        if (_options.RemovesSent && !_isShortOfSpace)
        {
            _removal.KeepReserve();
        }

        try
        {
            return await RoundAsync(began, cancellationToken);
        }
        catch (IOException e) when (FullDisk.IsCauseOf(e) && _removal.ReleaseReserve())
        {
            // The released space lets this round record the sent files, before other programs take it.
            _isShortOfSpace = true;
            return await RoundAsync(began, cancellationToken);
        }
    }

    private async Task<WatchRound> RoundAsync(long began, CancellationToken cancellationToken)
    {
        var sent = new List<SentFile>();
        using FolderMarkers? markers = _pattern is null ? null : new FolderMarkers(_workspace.Root, _pattern);
        using var folder = new GrowingFolder(_client, _workspace, _finished, markers, file =>
        {
            if (_options.RemovesSent && sent.Count < MaxFiles)
            {
                sent.Add(file);
            }
        });
        _finished.Begin();
        _progress.Begin();
        using var push = new PushEngine(_client, _workspace, _options.Message, _progress) { Scope = folder };
        PushOutcome outcome;
        try
        {
            outcome = await push.RunAsync(cancellationToken);
        }
        catch (IOException) when (sent.Count > 0)
        {
            await _removal.RunAsync(sent, cancellationToken); // a full disk is freed first
            throw;
        }

        foreach (UnstorableItem item in outcome.Unstorable)
        {
            _progress.Report($"{Display.Quote(item.Path)} is left out. {item.Reason}");
        }

        _finished.End();
        folder.Complete();
        await _removal.RunAsync(sent, cancellationToken);
        _isShortOfSpace = false;
        bool hasMoreToRemove = _options.RemovesSent && (folder.HasTaken || (sent.Count == MaxFiles && _removal.Files > 0));
        return new WatchRound
        {
            Snapshot = outcome.Snapshot,
            Added = outcome.Added,
            Changed = outcome.Changed,
            SentBytes = outcome.UploadedBytes,
            Removed = _removal.Files,
            RemovedBytes = _removal.Bytes,
            Waiting = _finished.Waiting,
            NextIn = hasMoreToRemove ? TimeSpan.Zero : _finished.NextIn,
            Notes = [.. folder.Notes, .. _removal.Notes],
            Took = _workspace.Time.GetElapsedTime(began),
        };
    }
}
