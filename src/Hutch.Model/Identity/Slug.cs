namespace Hutch.Model;

/// <summary>
/// The short name of a dataset, unique for its owner: <c>[a-z0-9][a-z0-9-]{1,61}[a-z0-9]</c>. It is also its S3 bucket name.
/// </summary>
public readonly record struct Slug
{
    public const int MinLength = 3;

    public const int MaxLength = 63;

    private readonly string? _value;

    private Slug(string value) => _value = value;

    /// <summary>The name. Empty only for <c>default</c>.</summary>
    public string Value => _value ?? "";

    /// <summary>
    /// Parses a slug; the error describes a valid slug. A text in the form of a dataset id is refused because it would be ambiguous.
    /// </summary>
    public static Result<Slug> Parse(string text)
    {
        if (text.Length is < MinLength or > MaxLength || !NameRules.IsDashedLowerCase(text))
        {
            return ErrorCode.InvalidName.With(
                $"{Display.Quote(text)} is not a valid dataset name: use {MinLength} to {MaxLength} lowercase letters, "
                + "digits and hyphens, with a letter or digit at both ends, as for a bucket of S3.");
        }

        return DatasetId.TryParse(text, out _)
            ? ErrorCode.InvalidName.With($"{Display.Quote(text)} looks like a dataset id and cannot be a dataset name.")
            : new Slug(text);
    }

    /// <summary>Appends a number to a slug and shortens it if necessary; number 1 is the slug itself.</summary>
    public static string Numbered(string slug, int number)
    {
        string suffix = number == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"-{number}");
        return slug[..Math.Min(slug.Length, MaxLength - suffix.Length)] + suffix;
    }

    public override string ToString() => Value;
}
