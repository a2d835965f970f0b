using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Hutch.Buckets.Nearline;

namespace Hutch.Buckets.Setup;

/// <summary>Nearline storage below a bucket: section <c>storage.bucket.nearline</c> of the configuration.</summary>
public sealed class NearlineOptions : IValidatableObject
{
    private const int MaxWord = 64;

    /// <summary>
    /// The full path of the program that stores, recalls and removes segments: see docs/operations/nearline.md. Without it, and without
    /// `storageClass`, there is no nearline storage.
    /// </summary>
    public string? Program { get; init; }

    /// <summary>
    /// An archive class of the bucket, such as `GLACIER` or `DEEP_ARCHIVE`, in place of a program: segments move to that class, and a
    /// recall restores them.
    /// </summary>
    public string? StorageClass { get; init; }

    /// <summary>The number of days for which the bucket keeps a restored object. Hutch reads it at once, into the data folder.</summary>
    [Range(1, 365)]
    public int RestoreDays { get; init; } = 1;

    /// <summary>The speed of restores in the words of the store, such as `Bulk`. Without it the store chooses.</summary>
    public string? RestoreTier { get; init; }

    /// <summary>The number of days without a read after which a segment moves from the bucket to nearline storage.</summary>
    [Range(0.0, 36500.0)]
    public double AfterDays { get; init; } = 30;

    /// <summary>The bytes of the smallest segment that moves. Smaller ones stay in the bucket until they are merged.</summary>
    [Range(0, 1L << 40)]
    public long LeastSegmentBytes { get; init; } = 256L << 20;

    /// <summary>The most recalls at one time: calls of the program with `stage`.</summary>
    [Range(1, 64)]
    public int Drives { get; init; } = 2;

    /// <summary>The most segments of one recall.</summary>
    [Range(1, 1000)]
    public int SegmentsPerRecall { get; init; } = 32;

    /// <summary>The most segments that one account may have queued for recalls. Further requests answer 429.</summary>
    [Range(1, 100_000)]
    public int RecallsPerAccount { get; init; } = 1000;

    /// <summary>The number of seconds for which a recalled segment stays on the local disk without a pin.</summary>
    [Range(0, 10_000_000)]
    public int KeepSeconds { get; init; } = 3600;

    /// <summary>
    /// The expected number of seconds until a recall brings the first segment. Estimates begin with it, and learn from recalls.
    /// </summary>
    [Range(0, 1_000_000)]
    public int MountSeconds { get; init; } = 90;

    [Browsable(false)]
    internal bool IsOn => Program is not null || StorageClass is not null;

    [Browsable(false)]
    internal NearlineSettings? Settings => !IsOn ? null : new NearlineSettings
    {
        Program = Program,
        StorageClass = StorageClass,
        RestoreDays = RestoreDays,
        RestoreTier = RestoreTier,
        After = TimeSpan.FromDays(AfterDays),
        LeastBytes = LeastSegmentBytes,
        Drives = Drives,
        Together = SegmentsPerRecall,
        PerAccount = RecallsPerAccount,
        Keep = TimeSpan.FromSeconds(KeepSeconds),
        Mount = TimeSpan.FromSeconds(MountSeconds),
    };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach ((string name, string? value) in new[] { ("storageClass", StorageClass), ("restoreTier", RestoreTier) })
        {
            if (value is not null
                && !(value.Length is > 0 and <= MaxWord && value.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_')))
            {
                yield return new ValidationResult(
                    $"'{name}' is {Display.Quote(value)}: it must be a word of the store, such as 'GLACIER' or 'Bulk'.");
            }
        }

        if (RestoreTier is not null && StorageClass is null)
        {
            yield return new ValidationResult("'restoreTier' is set, and 'storageClass' is not: a program has no speed to choose.");
        }

        if (Program is null)
        {
            yield break;
        }

        if (StorageClass is not null)
        {
            yield return new ValidationResult("'program' and 'storageClass' are both set: segments go to one of them.");
        }

        if (!Path.IsPathRooted(Program))
        {
            yield return new ValidationResult($"'program' is {Display.Quote(Program)}: it must be a full path.");
        }
        else if (FileFacts.Read(RealPath.Resolve(Program) ?? Program) is not { } facts || (facts.Mode & UnixFileMode.UserExecute) == 0)
        {
            yield return new ValidationResult(
                $"'program' is {Display.Quote(Program)}, which is no program: write it, and run `chmod 755` on it.");
        }
    }
}
