namespace Hutch.Model.Sites;

/// <summary>The name of a site in its zone: 1 to 32 lower-case letters, digits and dashes, such as <c>archive-1</c>.</summary>
public static class SiteName
{
    private const int MaxLength = 32;

    /// <summary>Parses a name; the error describes a valid name.</summary>
    public static Result<string> Parse(string text)
    {
        return text.Length <= MaxLength && NameRules.IsDashedLowerCase(text)
            ? text
            : ErrorCode.InvalidName.With(
                $"{Display.Quote(text)} is not a name of a site: use 1 to {MaxLength} lower-case letters, digits and dashes, such as "
                + "archive-1.");
    }

    /// <summary>The refusal of a name that no site of the zone has.</summary>
    public static HutchError Unknown(string name) => (ErrorCode.NotFound with { Advice = "`hutch site list` shows the sites." }).With(
        $"There is no site {Display.Quote(name)} in this zone.");
}
