using Hutch.Client.Workspaces;

namespace Hutch.Client.Push;

/// <summary>
/// The push session of a working directory: kept over interruptions, made anew when it has expired. Safe for several threads.
/// </summary>
internal sealed class PushSessionHolder(HutchClient client, Workspace workspace) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _opening = new(1, 1);
    private SessionState? _state;

    /// <inheritdoc/>
    public void Dispose() => _opening.Dispose();

    /// <summary>The version that a new session is based on.</summary>
    internal long? Base { get; set; } = workspace.Base.Snapshot;

    /// <summary>True if this push opened the session; false if an earlier one left it.</summary>
    internal bool IsNew { get; private set; }

    /// <summary>Id of the session. The first call resumes the session of an interrupted push, or opens a new one.</summary>
    internal async Task<string> GetIdAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            _state ??= await OpenAsync(cancellationToken);
            return _state.Id;
        }
        finally
        {
            _opening.Release();
        }
    }

    private async Task<SessionState> OpenAsync(CancellationToken cancellationToken)
    {
        SessionState? known = workspace.LoadSession();
        if (known is not null && await client.GetPushAsync(known.Id, cancellationToken) is not null)
        {
            return known; // its base does not matter: a commit names its own
        }

        PushSession session = await client.StartPushAsync(
            workspace.Config.Dataset, new StartPush { Base = Base }, cancellationToken);
        IsNew = true;
        var state = new SessionState { Id = session.Id };
        workspace.SaveSession(state);
        return state;
    }

    /// <summary>The key under which a file, as it is now, is being uploaded: that of an earlier attempt, or a new one.</summary>
    internal string UploadKey(string path, in FileStatus status)
    {
        lock (_gate)
        {
            foreach (UnfinishedUpload upload in _state!.Uploads)
            {
                if (upload.Path == path && upload.Size == status.Size && upload.Modified == status.ModifiedNanoseconds
                    && upload.Changed == status.ChangedNanoseconds && upload.Inode == status.Inode)
                {
                    return upload.Key;
                }
            }

            string key = RandomNumberGenerator.GetHexString(32, lowercase: true);
            _state.Uploads.RemoveAll(u => u.Path == path);
            _state.Uploads.Add(
                new UnfinishedUpload(path, status.Size, status.ModifiedNanoseconds, status.ChangedNanoseconds, status.Inode, key));
            workspace.SaveSession(_state);
            return key;
        }
    }

    internal void RemoveUpload(string path)
    {
        lock (_gate)
        {
            if (_state is not null && _state.Uploads.RemoveAll(u => u.Path == path) > 0)
            {
                workspace.SaveSession(_state);
            }
        }
    }
}
