using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Hutch.Cluster.Bytes.Packing;
using Hutch.Model.Sites;
using Hutch.Objects.S3;
using Hutch.Storage.Caching;

namespace Hutch.Cluster.Setup;

/// <summary>The shared storage of a site with several servers: section <c>engine</c> of the configuration.</summary>
public sealed class EngineOptions : IValidatableObject
{
    /// <summary>
    /// The PostgreSQL database with the log, the accounts and the rights, such as
    /// `postgres://hutch@db.example.org:5432/hutch?sslmode=verify-full`; `sslrootcert=FILE` names the authority. Without it everything is
    /// in the data folder. It never contains a password.
    /// </summary>
    public string? Records { get; init; }

    /// <summary>
    /// A file whose first line is the password of the database, readable only for the server's user. It is read again for each new
    /// connection. Without it: the variable PGPASSWORD, if it is set.
    /// </summary>
    public string? RecordsPasswordFile { get; init; }

    /// <summary>
    /// The bucket with the bytes, used by this site only: `s3://HOST/BUCKET` (HTTPS), `s3://HOST:PORT/BUCKET` (plain HTTP),
    /// `s3+https://HOST:PORT/BUCKET`. It never contains a key.
    /// </summary>
    public string? Objects { get; init; }

    /// <summary>
    /// A file with the key of the bucket in the format of the AWS programs (`aws_access_key_id = …`, `aws_secret_access_key = …`), readable
    /// only for the server's user. It is read again when the store refuses the key. Without it: the variables AWS_ACCESS_KEY_ID and
    /// AWS_SECRET_ACCESS_KEY.
    /// </summary>
    public string? ObjectsKeyFile { get; init; }

    /// <summary>The region in the signatures of requests to the bucket.</summary>
    [Required]
    public string ObjectsRegion { get; init; } = S3ClientOptions.DefaultRegion;

    /// <summary>A PEM file with authorities that vouch for the object store, in addition to those of the system.</summary>
    public string? ObjectsCaFile { get; init; }

    /// <summary>The SHA-256 of the object store's certificate (`SHA256:…`). If set, only that certificate is trusted.</summary>
    public string? ObjectsFingerprint { get; init; }

    /// <summary>
    /// The age of answers. `fresh`: every answer shows all that any server had acknowledged when the request came. `bounded:1s`: an answer
    /// may lack changes that other servers acknowledged in the last second (up to `bounded:60s`). Most requests then need no query to the
    /// database for the end of the log.
    /// </summary>
    [Required]
    public string Reads { get; init; } = MaxStaleness.Fresh;

    /// <summary>
    /// The number of seconds for which a server serves immutable data (snapshots by number, closed datasets) while the database does not
    /// answer. It serves them to users whom the database had allowed to read the dataset within this time. A right revoked at that moment
    /// therefore ends this much later. 0: it serves nothing.
    /// </summary>
    [Range(0, 3600)]
    public int MaxOfflineSeconds { get; init; } = 60;

    /// <summary>
    /// The number of days after which an unreferenced object is deleted. Choose more than the age of the oldest backup of the database that
    /// you would restore: the objects that such a backup refers to must still exist.
    /// </summary>
    [Range(0, 3650)]
    public int KeepCondemnedDays { get; init; } = 30;

    /// <summary>Packing of small files, which are in the database at first, into objects.</summary>
    public PackOptions Packs { get; init; } = new();

    /// <summary>The server's cache of the bucket on its own disk, in the folder `cache` of the data folder.</summary>
    public CacheOptions Cache { get; init; } = new();

    /// <summary>True if the site is in a database and a bucket.</summary>
    [Browsable(false)]
    public bool IsOn => Records is not null || Objects is not null;

    internal Result<PostgresAddress> Address => PostgresAddress.Parse(Records ?? "");

    internal Result<S3Location> Bucket => BucketAccess.Parse(Objects, "objects", "objectsKeyFile");

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsOn)
        {
            yield break;
        }

        if (Records is null || Objects is null)
        {
            (string set, string missing) = Records is null ? ("objects", "records") : ("records", "objects");
            yield return new ValidationResult(
                $"'{set}' is set without '{missing}': servers that share a site need both, a database for the log and a bucket for the "
                + "bytes. Set both (--records, --objects), or neither for a site in the data folder.");
            yield break;
        }

        HutchError?[] refusals =
        [
            Address.Error, Bucket.Error, MaxStaleness.Parse(Reads).Error,
            ObjectsFingerprint is { } fingerprint ? CertificateFingerprint.Parse(fingerprint).Error : null,
        ];
        foreach (HutchError refusal in refusals.OfType<HutchError>())
        {
            yield return new ValidationResult(refusal.Message.TrimEnd('.') + ".");
        }
    }
}
