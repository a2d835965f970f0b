namespace Hutch.DataLadClient.Stores;

/// <summary>A place where a dataset of a RIA store has the content of keys: a folder, an archive, or a web server.</summary>
internal interface IKeySource
{
    Task<IReadOnlyCollection<string>> ListAsync(CancellationToken ct);

    /// <summary>The content of some of them; those that cannot be had are left out.</summary>
    IAsyncEnumerable<KeyFile> ReadAsync(IReadOnlySet<string> keys, CancellationToken ct);
}

/// <param name="IsCopy">Whether it was made for this, and is to be deleted.</param>
internal readonly record struct KeyFile(string Key, string Path, bool IsCopy);
