using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Hutch.Buckets;
using Hutch.Model.Sites;
using Hutch.Objects.S3;
using Hutch.Site.Engines.Segments;

namespace Hutch.Buckets.Setup;

/// <summary>The bucket that keeps the sealed segments of a data folder: section <c>storage.bucket</c> of the configuration.</summary>
public sealed class BucketOptions : IValidatableObject
{
    private const string Section = "storage.bucket";
    private const string NoMirror = "none";

    /// <summary>
    /// The bucket: `s3://HOST/BUCKET` (HTTPS), `s3://HOST:PORT/BUCKET` (plain HTTP), `s3+https://HOST:PORT/BUCKET`. Without it all segments
    /// are in the data folder. It never contains a key.
    /// </summary>
    public string? Address { get; init; }

    /// <summary>
    /// The beginning of the names of all objects, which ends in a slash, such as `hutch/`. Each data folder needs its own bucket or prefix.
    /// </summary>
    public string Prefix { get; init; } = "";

    /// <summary>
    /// A file with the key of the bucket in the format of the AWS programs (`aws_access_key_id = …`, `aws_secret_access_key = …`), readable
    /// only for the server's user. It is read again when the store refuses the key. Without it: the variables AWS_ACCESS_KEY_ID and
    /// AWS_SECRET_ACCESS_KEY.
    /// </summary>
    public string? KeyFile { get; init; }

    /// <summary>The region in the signatures of requests to the bucket.</summary>
    [Required]
    public string Region { get; init; } = S3ClientOptions.DefaultRegion;

    /// <summary>A PEM file with authorities that vouch for the object store, in addition to those of the system.</summary>
    public string? CaFile { get; init; }

    /// <summary>The SHA-256 of the object store's certificate (`SHA256:…`). If set, only that certificate is trusted.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>
    /// The most bytes of stored segments on the local disk: three quarters for whole segments, the rest for parts that were read from the
    /// bucket. Beginnings and indexes of all segments, and what is not stored yet, come in addition.
    /// </summary>
    [Range(0, 1L << 50)]
    public long CacheBytes { get; init; } = 10L << 30;

    /// <summary>Free space of the local disk below which stored segments are removed from it, even if the cache is smaller.</summary>
    [Range(0, 1L << 50)]
    public long ReserveBytes { get; init; } = 1L << 30;

    /// <summary>
    /// The number of seconds after which an open segment is sealed and stored. A lost machine loses what is in open segments. 0: only full
    /// segments are sealed.
    /// </summary>
    [Range(0, 1_000_000)]
    public int SealAfterSeconds { get; init; } = 600;

    /// <summary>
    /// The second place of open segments, without which a lost machine loses them. `bucket`: each commit is in the bucket before it is
    /// acknowledged. A folder, such as `/mirror/hutch`, on another disk that outlasts this machine's. `none`: only the data folder.
    /// </summary>
    public string Mirror { get; init; } = FolderSettings.BucketMirror;

    /// <summary>
    /// The number of seconds for which writes are acknowledged while the bucket does not answer. Afterwards they are refused, since another
    /// server may have taken the bucket over. A take-over from a server that does not answer waits as long.
    /// </summary>
    [Range(5, 3600)]
    public int AloneSeconds { get; init; } = 60;

    /// <summary>Nearline storage for segments that are rarely read, such as tapes: see docs/operations/nearline.md.</summary>
    public NearlineOptions Nearline { get; init; } = new();

    /// <summary>True if sealed segments are in a bucket.</summary>
    [Browsable(false)]
    public bool IsOn => Address is not null;

    /// <summary>Connects to the bucket when the site is opened.</summary>
    /// <exception cref="HutchException">There is no usable key of the bucket; the message does not reveal it.</exception>
    /// <param name="takesOver">True to take the bucket over from another copy or life of the data folder.</param>
    public ISegmentBucketFactory Open(Func<Guid> newId, Func<string, string?> environment, bool takesOver)
    {
        BucketAccess access = Access(environment);
        S3Credentials key = access.FindKey();
        return new SegmentBucketFactory(() => access.Connect(key), Settings(newId, takesOver));
    }

    /// <summary>Checks the bucket of a data folder, without a change.</summary>
    /// <exception cref="HutchException">There is no usable key of the bucket.</exception>
    public async Task<IReadOnlyList<EngineFinding>> ExamineAsync(
        string dataFolder, Func<string, string?> environment, TimeProvider time, CancellationToken ct)
    {
        BucketAccess access = Access(environment);
        using IObjectStore objects = access.Connect(access.FindKey());
        return await new FolderExamination(LocalDisk.Instance, objects, Settings(Guid.NewGuid, takesOver: false), time)
            .RunAsync(dataFolder, ct);
    }

    private BucketAccess Access(Func<string, string?> environment) =>
        new(BucketAccess.Parse(Address, "address", "keyFile").Value, Section, "keyFile", environment)
        {
            Disk = LocalDisk.Instance,
            KeyFile = KeyFile,
            Region = Region,
            CaFile = CaFile,
            Fingerprint = Fingerprint,
        };

    private FolderSettings Settings(Func<Guid> newId, bool takesOver) => new()
    {
        Prefix = Prefix,
        CacheBytes = CacheBytes,
        ReserveBytes = ReserveBytes,
        SealAfter = TimeSpan.FromSeconds(SealAfterSeconds),
        Mirror = Mirror == NoMirror ? null : Mirror,
        Alone = TimeSpan.FromSeconds(AloneSeconds),
        TakesOver = takesOver,
        Nearline = Nearline.Settings,
        NewId = newId,
    };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsOn)
        {
            if (Nearline.IsOn)
            {
                yield return new ValidationResult(
                    "'nearline' is set, and 'address' is not: nearline storage needs a bucket for lists and young segments.");
            }

            yield break;
        }

        if (Nearline.IsOn && CacheBytes / 4 * 3 < Nearline.LeastSegmentBytes)
        {
            yield return new ValidationResult(
                $"'cacheBytes' is {CacheBytes}: three quarters of it must hold a segment of at least 'nearline.leastSegmentBytes', "
                + $"{Nearline.LeastSegmentBytes}, to recall it.");
        }

        HutchError?[] refusals =
        [
            BucketAccess.Parse(Address, "address", "keyFile").Error,
            Fingerprint is { } fingerprint ? CertificateFingerprint.Parse(fingerprint).Error : null,
        ];
        foreach (HutchError refusal in refusals.OfType<HutchError>())
        {
            yield return new ValidationResult(refusal.Message.TrimEnd('.') + ".");
        }

        if (Mirror is not (FolderSettings.BucketMirror or NoMirror) && !Path.IsPathRooted(Mirror))
        {
            yield return new ValidationResult(
                $"'mirror' is {Display.Quote(Mirror)}: it must be 'bucket', 'none' or the full path of a folder on another disk.");
        }

        if (Prefix.Length > 0 && (!Prefix.EndsWith('/') || Prefix.StartsWith('/')))
        {
            yield return new ValidationResult(
                $"'prefix' is {Display.Quote(Prefix)}: it must end in a slash and not begin with one, such as 'hutch/'.");
        }
    }
}
