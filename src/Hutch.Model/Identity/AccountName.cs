namespace Hutch.Model;

/// <summary>
/// The name of a user or a group, <c>[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?</c>. Both share one namespace, because both can own a dataset. The
/// name has no dot, so that the S3 door can distinguish <c>owner.slug</c> and <c>slug.at.N</c>.
/// </summary>
public readonly record struct AccountName
{
    public const int MaxLength = 63;

    /// <summary>The account that the first start of a zone creates.</summary>
    public const string Admin = "admin";

    private readonly string? _value;

    private AccountName(string value) => _value = value;

    /// <summary>The name. Empty only for <c>default</c>.</summary>
    public string Value => _value ?? "";

    /// <summary>Parses a name; the error describes a valid name.</summary>
    public static Result<AccountName> Parse(string text)
    {
        return text.Length <= MaxLength && NameRules.IsDashedLowerCase(text)
            ? new AccountName(text)
            : ErrorCode.InvalidName.With(
                $"{Display.Quote(text)} is not a valid user or group name: use 1 to {MaxLength} lowercase letters, "
                + "digits and hyphens, with a letter or digit at both ends.");
    }

    public override string ToString() => Value;
}
