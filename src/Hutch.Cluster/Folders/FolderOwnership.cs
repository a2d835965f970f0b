namespace Hutch.Cluster.Folders;

/// <summary>Checks before each change of the bucket that this server still owns it. Once it does not, it never writes again.</summary>
internal sealed class FolderOwnership(IObjectStore objects, FolderObjects names, FolderRecord record)
{
    private volatile string? _fence;

    /// <summary>The reason why this server must not write, a sentence; null while it may.</summary>
    public string? Fence => _fence;

    /// <exception cref="HutchException">Another server owns the bucket.</exception>
    public async Task RequireAsync(CancellationToken ct)
    {
        if (_fence is null && await FolderOwner.FindAsync(objects, names.Owner, ct) is var owner && owner?.Start != record.Header.Start)
        {
            _fence = owner is null
                ? $"'{names.Owner}' in the bucket {objects.Name} is gone: this server no longer knows that the bucket is its own."
                : $"Another server (on {owner.Machine}) has taken over the bucket {objects.Name}: this one writes nothing more.";
        }

        if (_fence is { } why)
        {
            throw ErrorCode.Unavailable.With(why).ToException();
        }
    }
}
