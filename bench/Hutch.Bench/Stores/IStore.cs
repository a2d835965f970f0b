namespace Hutch.Bench.Stores;

/// <summary>Something that keeps a folder and gives it back.</summary>
internal interface IStore : IAsyncDisposable
{
    /// <summary>For people.</summary>
    string Name { get; }

    /// <summary>Where it keeps what it was given, to count its inodes.</summary>
    string Folder { get; }

    /// <summary>Everything that comes before the clock starts, such as making the store. Gives the folder that is going to be pushed.</summary>
    Task<string> PrepareAsync(string source, CancellationToken ct);

    /// <summary>Brings the folder into the store.</summary>
    Task<Measurement> PushAsync(string source, CancellationToken ct);

    /// <summary>Gets everything into a folder that is not there yet.</summary>
    Task<Measurement> CloneAsync(string target, CancellationToken ct);
}
