using Hutch.Cluster.Engine;
using Hutch.Cluster.Journal;
using Hutch.Objects.S3;

namespace Hutch.Cluster.Setup;

/// <summary>The database and the bucket of a site that several servers share, from the configuration.</summary>
public sealed class SharedStorage
{
    private readonly PostgresDatabase _database;
    private readonly BucketAccess _bucket;
    private readonly EngineOptions _options;

    public SharedStorage(EngineOptions options, Func<string, string?> environment)
    {
        _options = options;
        _database = new PostgresDatabase(options.Address.Value, PostgresPassword.From(options.RecordsPasswordFile));
        _bucket = new BucketAccess(options.Bucket.Value, "engine", "objectsKeyFile", environment)
        {
            Disk = LocalDisk.Instance,
            KeyFile = options.ObjectsKeyFile,
            Region = options.ObjectsRegion,
            CaFile = options.ObjectsCaFile,
            Fingerprint = options.ObjectsFingerprint,
        };
        ReadsMayBeOld = MaxStaleness.Parse(options.Reads).Value;
    }

    public string Where =>
        $"records in {_database.Address}, bytes in {_bucket.Where}";

    public TimeSpan ReadsMayBeOld { get; }

    /// <exception cref="HutchException">There is no usable key of the bucket; the message does not reveal it.</exception>
    public ISiteEngineFactory Engine(Func<Guid> newId)
    {
        // Found here, before the database is touched.
        S3Credentials key = _bucket.FindKey();
        return new ClusterEngineFactory(_database, () => _bucket.Connect(key), Options, newId);
    }

    /// <inheritdoc cref="Engine(Func{Guid})"/>
    public ISharedLocation Place(Func<Guid> newId)
    {
        S3Credentials key = _bucket.FindKey();
        return new SharedLocation(_database, () => _bucket.Connect(key), Options, newId);
    }

    private ClusterOptions Options => new()
    {
        KeepCondemnedDays = _options.KeepCondemnedDays,
        Packs = _options.Packs,
        Cache = _options.Cache,
    };

    /// <summary>Checks if both can be used. The check of the bucket writes trial objects and removes them.</summary>
    /// <param name="dataFolder">The data folder of the server, which may not exist yet.</param>
    public async Task<(IReadOnlyList<EngineFinding> Findings, string? Version)> ExamineAsync(
        string dataFolder, Func<Guid> newId, TimeProvider time, CancellationToken ct)
    {
        await using var connections = new LogConnections(_database, new LogOptions());
        var database = new DatabaseExamination(connections, time);
        await database.RunAsync(ServerFile.FindSite(LocalDisk.Instance, dataFolder), ct);
        var bucket = new BucketExamination(() => _bucket.Connect(_bucket.FindKey()), newId, time);
        return ([.. database.Findings, .. await bucket.RunAsync(database.Site, ct)], database.Version);
    }
}
