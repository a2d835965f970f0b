namespace Hutch.Model;

/// <summary>
/// The name of a user or a group, <c>[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?</c>. Both share one space of names, as either can own
/// a dataset. There is no dot in it, so that <c>owner.slug</c> and <c>slug.at.N</c> can be distinguished at the S3 door.
/// </summary>
public readonly record struct AccountName
{
    /// <summary>The most characters.</summary>
    public const int MaxLength = 63;

    /// <summary>The account that the first start of a zone makes.</summary>
    public const string Admin = "admin";

    private readonly string? _value;

    private AccountName(string value) => _value = value;

    /// <summary>The name. Empty only for <c>default</c>.</summary>
    public string Value => _value ?? "";

    /// <summary>Reads a name, or says what a name looks like.</summary>
    public static Result<AccountName> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length <= MaxLength && NameRules.IsDashedLowerCase(text)
            ? new AccountName(text)
            : ErrorCode.InvalidName.With(
                $"{Display.Quote(text)} is not a valid user or group name: use 1 to {MaxLength} lowercase letters, "
                + "digits and hyphens, with a letter or digit at both ends.");
    }

    /// <inheritdoc/>
    public override string ToString() => Value;
}
