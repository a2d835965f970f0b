namespace Hutch.Site.Write.Entries;

/// <summary>A condition on a path before it is changed: the <c>If-Match</c> and <c>If-None-Match</c> of HTTP.</summary>
public sealed record EntryCondition
{
    public const string MissingDetail = "missing";

    public static EntryCondition None { get; } = new();

    /// <summary>An entry must exist (<c>If-Match: *</c>).</summary>
    public bool MustExist { get; init; }

    /// <summary>No entry may exist (<c>If-None-Match: *</c>).</summary>
    public bool MustNotExist { get; init; }

    /// <summary>The entry must have one of these hashes.</summary>
    public IReadOnlyList<BlobHash>? MustBeOneOf { get; init; }

    /// <summary>The entry may have none of these hashes.</summary>
    public IReadOnlyList<BlobHash>? MustBeNoneOf { get; init; }

    /// <summary>
    /// The present entry must satisfy this, for doors whose tags are no whole hashes; fails if false or if there is no entry.
    /// </summary>
    public Predicate<Entry>? MustBe { get; init; }

    /// <summary>The present entry must not satisfy this; no entry is fine.</summary>
    public Predicate<Entry>? MustNotBe { get; init; }

    /// <summary>For a removal: the present entry counts only if it satisfies this; otherwise the answer is as for no entry.</summary>
    public Predicate<Entry>? IsThere { get; init; }

    /// <summary>Checks the present entry; null when all conditions hold.</summary>
    public HutchError? Check(DatasetPath path, Entry? current)
    {
        if (MustNotExist && current is not null)
        {
            return ErrorCode.PreconditionFailed.With($"'{path}' exists, but the request requires that it does not.");
        }

        if ((MustExist || MustBeOneOf is not null || MustBe is not null) && current is null)
        {
            return ErrorCode.PreconditionFailed.With($"'{path}' does not exist, but the request requires it.", MissingDetail, path.Value);
        }

        if (MustBeOneOf is not null && !MustBeOneOf.Contains(current!.Hash))
        {
            return ErrorCode.PreconditionFailed.With(
                $"'{path}' is not what the request expects: it is now {current.Hash}.", "current", current.Hash.ToString());
        }

        if (MustBe?.Invoke(current!) == false || (current is not null && MustNotBe?.Invoke(current) == true))
        {
            return ErrorCode.PreconditionFailed.With($"'{path}' is not what the request expects.");
        }

        return MustBeNoneOf is not null && current is not null && MustBeNoneOf.Contains(current.Hash)
            ? ErrorCode.PreconditionFailed.With($"'{path}' is already {current.Hash}.", "current", current.Hash.ToString())
            : null;
    }
}
