using Hutch.Cluster.Engine;
using Hutch.Cluster.Journal;
using Hutch.Model.Sites;
using Hutch.Objects.S3;

namespace Hutch.Cluster.Setup;

/// <summary>The database and the bucket of a site that several servers share, from the configuration.</summary>
public sealed class SharedStorage
{
    private const string AccessVariable = "AWS_ACCESS_KEY_ID";
    private const string SecretVariable = "AWS_SECRET_ACCESS_KEY";
    private const int Attempts = 3;
    private const UnixFileMode NotForOthers = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite;

    // Between a store that thinks and one that is gone; a request that waits so long is sent again.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    private readonly PostgresDatabase _database;
    private readonly S3Location _bucket;
    private readonly EngineOptions _options;
    private readonly Func<string, string?> _environment;

    public SharedStorage(EngineOptions options, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _environment = environment;
        _database = new PostgresDatabase(options.Address.Value, PostgresPassword.From(options.RecordsPasswordFile));
        _bucket = options.Bucket.Value;
        ReadsMayBeOld = MaxStaleness.Parse(options.Reads).Value;
    }

    public string Where =>
        $"records in {_database.Address}, bytes in {_bucket.Endpoint.GetLeftPart(UriPartial.Authority)}/{_bucket.Bucket}";

    public TimeSpan ReadsMayBeOld { get; }

    /// <exception cref="HutchException">There is no usable key of the bucket; the message does not reveal it.</exception>
    public ISiteEngineFactory Engine(Func<Guid> newId)
    {
        // Found here, before the database is touched.
        S3Credentials key = FindKey();
        return new ClusterEngineFactory(_database, () => Connect(key), Options, newId);
    }

    /// <inheritdoc cref="Engine(Func{Guid})"/>
    public ISharedLocation Place(Func<Guid> newId)
    {
        S3Credentials key = FindKey();
        return new SharedLocation(_database, () => Connect(key), Options, newId);
    }

    private ClusterOptions Options => new()
    {
        KeepCondemnedDays = _options.KeepCondemnedDays,
        Packs = _options.Packs,
        Cache = _options.Cache,
    };

    private S3ObjectStore Connect(S3Credentials key) => new(_bucket, key, new S3ClientOptions
    {
        Region = _options.ObjectsRegion,
        AnswerTimeout = AnswerLimit,
        Retry = HttpRetry.Default with { MaxAttempts = Attempts },
        NewKey = FindNewKey,
        Trust = _options.ObjectsCaFile is null && _options.ObjectsFingerprint is null
            ? null
            : new ServerTrust(
                _options.ObjectsCaFile,
                _options.ObjectsFingerprint is { } fingerprint ? CertificateFingerprint.Parse(fingerprint).Value : null),
    });

    /// <summary>Checks if both can be used. The check of the bucket writes trial objects and removes them.</summary>
    /// <param name="dataFolder">The data folder of the server, which may not exist yet.</param>
    public async Task<(IReadOnlyList<EngineFinding> Findings, string? Version)> ExamineAsync(
        string dataFolder, Func<Guid> newId, TimeProvider time, CancellationToken ct)
    {
        await using var connections = new LogConnections(_database, new LogOptions());
        var database = new DatabaseExamination(connections, time);
        await database.RunAsync(ServerFile.FindSite(LocalDisk.Instance, dataFolder), ct);
        var bucket = new BucketExamination(() => Connect(FindKey()), newId, time);
        return ([.. database.Findings, .. await bucket.RunAsync(database.Site, ct)], database.Version);
    }

    /// <summary>Reads the current key; null while there is no usable one.</summary>
    private S3Credentials? FindNewKey()
    {
        try
        {
            return FindKey();
        }
        catch (HutchException)
        {
            // The store's own refusal says more: it is what the request is answered with.
            return null;
        }
    }

    private S3Credentials FindKey()
    {
        if (_options.ObjectsKeyFile is { } file)
        {
            return RealPath.Resolve(file) is { } real && FileFacts.Read(real) is { } facts && (facts.Mode & NotForOthers) != 0
                ? throw ErrorCode.BadConfiguration.With(
                    $"The key in {Display.Quote(file)} was not used: others on this machine may read or change that file. Run `chmod 600` "
                    + "on it, and change the key.").ToException()
                : S3KeyFile.Read(LocalDisk.Instance, file).Value;
        }

        return _environment(AccessVariable) is { Length: > 0 } access && _environment(SecretVariable) is { Length: > 0 } secret
            ? new S3Credentials(access, secret)
            : throw ErrorCode.BadConfiguration.With(
                $"There is no key for the bucket: set 'engine.objectsKeyFile' to a file with it, or the variables {AccessVariable} and "
                + $"{SecretVariable}.").ToException();
    }
}
