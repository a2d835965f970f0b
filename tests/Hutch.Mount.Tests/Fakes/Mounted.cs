using Hutch.Client;
using Hutch.Mount.Contents;
using Hutch.Mount.Nesting;
using Hutch.Testing;

namespace Hutch.Mount.Tests.Fakes;

/// <summary>The parts of a mount over a <see cref="FakeDataset"/>, with a cache in a folder of its own.</summary>
internal sealed class Mounted : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<IDisposable> _owned = [];

    public Mounted(string? at = "1", TimeSpan? retry = null)
    {
        At = at;
        Client = Server.NewClient();
        ServerRetry = new ServerRetry(retry ?? TimeSpan.FromSeconds(20), TimeProvider.System, Messages.Add);
        Cache = NewCache();
    }

    public FakeDataset Server { get; } = new();

    public HutchClient Client { get; }

    public string? At { get; }

    /// <summary>The datasets inside, which are the same dataset again.</summary>
    public List<NestedMount> Nested { get; } = [];

    public MountedDatasets Datasets => new(Server.Id, At, Nested);

    public ServerRetry ServerRetry { get; }

    public CacheFolder Cache { get; }

    public List<string> Messages { get; } = [];

    public string CachePath => _folder["cache"];

    /// <summary>Another user of the same cache, as in another process.</summary>
    public CacheFolder NewCache(long bytes = 1L << 30)
    {
        CacheFolder cache = CacheFolder.Open(CachePath, bytes, TimeProvider.System, Messages.Add);
        _owned.Add(cache);
        return cache;
    }

    /// <summary>Readers of a new process: with nothing in memory.</summary>
    public BlobReaders NewReaders(CacheFolder? cache = null)
    {
        var source = new BlockSource(Client, Datasets, ServerRetry, TimeProvider.System);
        _owned.Add(source);
        return new BlobReaders(source, cache ?? Cache);
    }

    public void Dispose()
    {
        _owned.ForEach(static one => one.Dispose());
        Client.Dispose();
        Server.Dispose();
        _folder.Dispose();
    }
}
